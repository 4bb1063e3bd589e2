using System.Numerics;

namespace ZeptAdmin.Rss.Balance;

/// <summary>How many different numbers came by: HyperLogLog with 4096 registers, 1.6 % standard error.</summary>
/// <remarks>Flajolet, Fusy, Gandouet, Meunier (2007), with linear counting for few; 64-bit numbers need no correction for many.</remarks>
internal sealed class DistinctCounter
{
    private const int Bits = 12;
    private const int Registers = 1 << Bits;

    private readonly byte[] _registers = new byte[Registers];

    /// <summary>Sees a number that is spread evenly over 64 bits.</summary>
    public void Add(ulong mixed)
    {
        int register = (int)(mixed >> (64 - Bits));
        byte rank = (byte)(BitOperations.LeadingZeroCount((mixed << Bits) | (1UL << (Bits - 1))) + 1);
        if (rank > _registers[register])
        {
            _registers[register] = rank;
        }
    }

    /// <summary>Sees what another one saw; the estimate is as if it had seen all of it itself.</summary>
    public void Add(DistinctCounter other)
    {
        for (int i = 0; i < Registers; i++)
        {
            _registers[i] = Math.Max(_registers[i], other._registers[i]);
        }
    }

    /// <summary>The estimate.</summary>
    public long Estimate()
    {
        double sum = 0;
        int empty = 0;
        foreach (byte rank in _registers)
        {
            sum += Math.ScaleB(1, -rank);
            empty += rank == 0 ? 1 : 0;
        }

        double estimate = 0.7213 / (1 + (1.079 / Registers)) * Registers * Registers / sum;
        return (long)Math.Round(estimate <= 2.5 * Registers && empty > 0 ? Registers * Math.Log((double)Registers / empty) : estimate);
    }
}
