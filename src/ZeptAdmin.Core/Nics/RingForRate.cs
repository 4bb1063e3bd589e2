namespace ZeptAdmin.Nics;

/// <summary>How many descriptors a ring needs to hold what arrives while the card waits to interrupt.</summary>
public static class RingForRate
{
    /// <summary>Descriptors for a rate: at least packets a second of a queue times the wait, the next power of two, within what the card takes.</summary>
    /// <param name="ring">Ring depths of the card.</param>
    /// <param name="packetsPerSecond">Packets a second of one queue.</param>
    /// <param name="microseconds">Wait from a frame to the interrupt.</param>
    /// <remarks>
    /// field.md I5: 512 descriptors hold 84 microseconds of 6.1 million packets a second. A power of two suits all drivers (i40e wants multiples
    /// of 32, mlx5 powers of two); fewer than 64 no driver of this module's takes.
    /// </remarks>
    public static long Descriptors(NicRing ring, long packetsPerSecond, double microseconds)
    {
        const int Least = 64;
        double needed = Math.Ceiling(packetsPerSecond * microseconds / 1e6);
        long descriptors = Least;
        while (descriptors < needed)
        {
            descriptors *= 2;
        }

        return Math.Min(descriptors, ring.RxMaximum);
    }
}
