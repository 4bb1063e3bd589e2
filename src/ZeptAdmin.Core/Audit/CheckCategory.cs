namespace ZeptAdmin.Audit;

/// <summary>What a check is about, in the order of the chain from the slot to the CPU.</summary>
public enum CheckCategory
{
    /// <summary>Nodes, packages, NIC locality, PCIe, driver and firmware (field.md 1.A).</summary>
    Topology,

    /// <summary>Memory channels and modules (field.md 1.C).</summary>
    Memory,

    /// <summary>Interrupts, softirqs, irqbalance, RPS (field.md 1.F).</summary>
    Interrupt,

    /// <summary>Flow director, private flags, flow rules (field.md 1.G).</summary>
    FlowDirector,

    /// <summary>Receive side scaling: fields, key, function, table (field.md 1.H).</summary>
    Rss,

    /// <summary>Rings, coalescing, offloads, pause, link (field.md 1.I).</summary>
    Nic,

    /// <summary>Firmware settings, idle states, frequency, turbo, kernel command line (field.md 1.B, 1.D, 1.E).</summary>
    Cpu,

    /// <summary>Packets lost, layer by layer (field.md 1.K).</summary>
    Drop,

    /// <summary>Zeek's configuration (field.md 1.J).</summary>
    Zeek,

    /// <summary>Suricata's configuration (field.md 1.L).</summary>
    Suricata,

    /// <summary>Sensors in a cloud (field.md 1.Q).</summary>
    Cloud,
}
