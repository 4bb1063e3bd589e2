namespace ZeptAdmin.Audit;

/// <summary>A row of field.md that is no check of the audit by itself, and why.</summary>
/// <param name="Row">The row: <c>A7</c>.</param>
/// <param name="Reason">Why it is no check, or which check has it.</param>
public sealed record RowNotChecked(string Row, string Reason);

/// <summary>Rows of field.md 1.A to 1.K, 1.M, 1.P and 1.Q without a check of their number: so that it can be seen that each was considered.</summary>
public static class RowsNotChecked
{
    /// <summary>The rows, in the order of field.md.</summary>
    public static IReadOnlyList<RowNotChecked> All { get; } =
    [
        new("A4", "a picture; Get-NsmTopology has all that it shows"),
        new("A5", "a table of figures, which Get-CpuIdleState has; whether they are too long is E1.IdleStates"),
        new("A7", "figures of one generation of processors, to be measured rather than held against"),
        new("A12", "a myth about bandwidth; the latency behind it is A8.NodeNics and F4.IrqNode"),
        new("B1", "how the firmware cuts packages is A1.NumaNodes, and right either way; the snoop mode cannot be read, and is gone since Skylake"),
        new("B2", "the talk's C1 against S1's C3; E1.IdleStates weighs what waking costs instead"),
        new("B3", "the opposite advice of E2, weighed in E2.Governor"),
        new("B7", "one of the findings of A1.NumaNodes"),
        new("B10", "tables of the firmware; what the kernel makes of them is A1.NumaNodes"),
        new("B11", "a setting of the firmware that nothing shows"),
        new("D7", "what turns protection off or on; Test-KernelArgument notes it, and this module does not recommend to turn it off"),
        new("D12", "one half of I10.SilentPort, which looks at ARP and at IPv6 of a capture port; a row of the plan turns both off"),
        new("E4", "a tool; Measure-CpuEfficiency tells idle states and frequency"),
        new("E5", "few cores for interrupts, so that turbo is high: a choice of the plan; E3.Turbo tells whether there is any"),
        new("F2", "modes of a script; what they should give is F1.IrqSpread and F4.IrqNode"),
        new("F5", "a chain of other rows: H4.SymmetricHash, F1.IrqSpread, and the fanout and pinning of the programs"),
        new("F10", "a fault of Linux 4.13 and 4.14; F1.IrqSpread sees where interrupts go now, F8.AffinityStays says when they move"),
        new("G2", "a list of flags; those that matter are G1.Atr, G3.FirmwareLldp, G4.SourcePruning and A15.EmbeddedSwitch"),
        new("G6", "the kernel refuses such rules; what is left behind by the refusal is G5.FlowRulePairs"),
        new("G8", "the kernel refuses to take away queues that rules point at"),
        new("G10", "the software analogue; it needs the counters of Suricata"),
        new("H2", "how fields are set; whether they are right is H1.HashFields"),
        new("H3", "the reason for one of two schools; H1.HashFields says what becomes of fragments"),
        new("H9", "an order of commands; what a wrong order leaves behind is H8.TableSpread and F1.IrqSpread"),
        new("H11", "tunnels cannot be read from the card; H12.QueueBalance shows what they do"),
        new("H13", "the kernel's hash belongs to the fanout of the programs"),
        new("I2", "a measurement; the cause is I1.RxRing"),
        new("I3", "the opposite advice of I1, weighed in I1.RxRing"),
        new("I6", "a figure within I4.Coalescing"),
        new("I7", "figures within I4.Coalescing"),
        new("I13", "of transmit queues; a capture port sends nothing"),
        new("I14", "harmless by its own words"),
        new("I15", "hardware that is no longer sold"),
        new("J15", "the tag comes beside the packet and Zeek puts it back; turning it off at the card is for taste, see I9.Offloads"),
        new("K2", "a broker that parts flows shows as K1.NeverArrived, and in Measure-FlowSymmetry"),
        new("K4", "a formula for Mellanox cards; K3.BrokenFrames goes by the table of each driver"),
        new("K6", "a formula for Mellanox cards; K5.CardDrops goes by the table of each driver"),
        new("K7", "the arithmetic of K5.CardDrops, with the parentheses that the source leaves out"),
        new("K8", "an example; K5.CardDrops counts between the instants of a snapshot, Get-PacketDrops -Interval live"),
        new("K10", "columns of a file; what they count is K9.Backlog and F11.NetBudget"),
        new("K11", "counters that also count what nobody wanted; none of the checks adds them"),
        new("K13", "a log, which K12.SocketDrops and K1.NeverArrived read"),
        new("K14", "a log, which K12.SocketDrops reads"),
        new("K15", "counters of the flow director, which Get-NicCounter has; whether ATR is on is G1.Atr"),
        new("K16", "counters by queue that few drivers give the kernel; Get-NicCounter has the drivers' own"),
        new("K17", "tools that trace the kernel"),
        new("K18", "sums of queues against totals, which Get-PacketDrops warns of in its verdict"),
        new("M1", "a measurement over time; Measure-CpuEfficiency makes it and gives the verdict"),
        new("M2", "a budget; Measure-CpuEfficiency holds the cost of a packet against it"),
        new("M3", "a measurement over time; Measure-CpuEfficiency makes it"),
        new("M4", "a list of tools"),
        new("M5", "what a packet costs, part by part; Measure-CpuEfficiency measures the misses among it"),
        new("M6", "hardware; I15 is the same"),
        new("M7", "a formula; Measure-CpuEfficiency uses it"),
        new("M8", "myths; nothing on a machine shows them"),
        new("P1", "a rate of events, to be measured where they are shipped"),
        new("P2", "where a fleet is; the audit looks at one sensor"),
        new("P3", "how a fleet is reached; examples/fleet has it"),
        new("P4", "logs; K12.SocketDrops and K1.NeverArrived read them"),
        new("P6", "what analysts do with the logs"),
        new("Q3", "a tunnel has one outer flow for each source; H12.QueueBalance shows what that does to queues"),
    ];
}
