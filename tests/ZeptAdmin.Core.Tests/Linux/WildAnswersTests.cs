using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Linux;

/// <summary>Whatever a driver answers, a reader gives a value, a refusal or a complaint: never another exception, never memory beyond its buffer.</summary>
public sealed class WildAnswersTests
{
    private static readonly Gen<(byte[] Noise, int[] Behaviours)> Wild = Gen.Select(Gen.Byte.Array[1, 257], Gen.Int[0, 1000].Array[1, 9]);

    [Fact]
    public void Of_the_settings_of_receive_side_scaling() => Holds(channel => EthtoolRss.Get(channel, "e0").IsKnown);

    [Fact]
    public void Of_the_number_of_rings() => Holds(channel => EthtoolRxRings.Get(channel, "e0").IsKnown);

    [Fact]
    public void Of_the_hash_fields() => Holds(channel => EthtoolHashFields.Get(channel, "e0", EthtoolFlows.TCP_V4_FLOW).IsKnown);

    [Fact]
    public void Of_the_counters() =>
        Holds(channel => EthtoolStatistics.Get(channel, "e0").Select(counters => NicCounters.Tell("e0", "i40e", counters).Length).IsKnown);

    [Fact]
    public void Of_the_flow_rules() =>
        Holds(channel => EthtoolFlowRules.Get(channel, "e0").Select(table => Array.ConvertAll(table.Rules, rule => NicFlowRules.Decode("e0", rule).Match).Length).IsKnown);

    [Fact]
    public void Of_one_flow_rule()
    {
        Gen.Select(Gen.UInt, Gen.Byte.Array[168], Gen.UInt).Sample((flowType, bytes, context) =>
        {
            EthtoolRxFlowSpec spec = System.Runtime.InteropServices.MemoryMarshal.Read<EthtoolRxFlowSpec>(bytes);
            spec.FlowType = (flowType & 0xe0000000) | (flowType % 0x20);
            NicFlowRule rule = NicFlowRules.Decode("e0", new EthtoolFlowRule(spec, context));
            Assert.False(string.IsNullOrEmpty(rule.Match));
            Assert.False(string.IsNullOrEmpty(rule.Target));
        });
    }

    private static void Holds(Func<IEthtoolChannel, bool> read)
    {
        int known = 0;
        Wild.Sample(
            wild =>
            {
                try
                {
                    if (read(new WildChannel(wild.Noise, wild.Behaviours)))
                    {
                        _ = Interlocked.Increment(ref known);
                    }
                }
                catch (KernelFormatException)
                {
                    // The complaint that is meant for such answers.
                }
            },
            iter: 3000);

        // Else the wild answers would all be refused at the door and test nothing behind it.
        Assert.True(known > 0, "no answer was ever believed");
    }
}
