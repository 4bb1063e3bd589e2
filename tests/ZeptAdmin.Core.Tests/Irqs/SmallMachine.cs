using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Irqs;

/// <summary>A machine made in a test: files by path, and NAPI instances by queue.</summary>
internal sealed class SmallMachine : Sensor, INetlinkChannel
{
    private readonly MemoryFolder _root = new();
    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);
    private readonly List<string> _interrupts = [];
    private readonly List<(int Queue, int Type, uint? Napi)> _queues = [];
    private readonly List<(uint Napi, int? Irq)> _napis = [];

    public override string Name => "small";

    public override bool IsLive => false;

    public override FileTree Files => new SmallTree(this, new CapturedFileTree(_root));

    /// <summary>Files that were written, in order, with what was written.</summary>
    public List<(string Path, string Content)> Writes { get; } = [];

    /// <summary>Error number of a write of this content to this path.</summary>
    public Func<string, string, Errno> Refuse { get; set; } = (_, _) => Errno.None;

    /// <summary>CPUs that an interrupt goes to once it was sent to some; null leaves it where it was.</summary>
    public Func<CpuList, CpuList?> Effective { get; set; } = requested => CpuList.Of([requested.First]);

    /// <summary>Permission bits of files, by path.</summary>
    public Dictionary<string, UnixFileMode> Modes { get; } = [];

    public override IEthtoolChannel Ethtool => Answers ?? throw new InvalidOperationException("No interrupt is asked of ethtool.");

    public override INetlinkChannel Netlink => this;

    public override IMsrChannel Msr => Registers ?? base.Msr;

    /// <summary>Its registers; null where it has none.</summary>
    public IMsrChannel? Registers { get; set; }

    public override DateTimeOffset Time => At;

    /// <summary>When it was read.</summary>
    public DateTimeOffset At { get; set; } = DateTimeOffset.UnixEpoch;

    public override Sensor? Later => Second;

    /// <summary>The same machine a moment later; null for none.</summary>
    public Sensor? Second { get; set; }

    public override IPerfCounters Perf => Counters ?? base.Perf;

    public override IThreadAffinity Threads => Affinity ?? base.Threads;

    /// <summary>Who sets the CPUs of its threads; null for nobody.</summary>
    public IThreadAffinity? Affinity { get; set; }

    /// <summary>Its counters; null where it has none.</summary>
    public IPerfCounters? Counters { get; set; }

    /// <summary>Error number of the netdev family; None for an answer.</summary>
    public Errno NetlinkErrno { get; set; } = Errno.ENOENT;

    /// <summary>Its drivers; null where a test must not ask them.</summary>
    public IEthtoolChannel? Answers { get; set; }

    /// <summary>The files, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Contents => _contents;

    public SmallMachine With(string path, string content)
    {
        _contents[path] = System.Text.Encoding.UTF8.GetBytes(content);
        _ = _root.TryAdd(path, new MemoryFile(_contents[path]));
        return this;
    }

    public SmallMachine With(string path, Errno errno)
    {
        _ = _root.TryAdd(path, new MemoryFile(errno));
        return this;
    }

    public SmallMachine WithLink(string path, string target)
    {
        _ = _root.TryAdd(path, new MemoryLink(target));
        return this;
    }

    /// <summary>Puts other bytes in place of a file.</summary>
    public void Replace(string path, byte[]? content) =>
        _root.TryAdd(path, content is null ? new MemoryFile(Errno.ENOENT) : new MemoryFile(content));

    /// <summary>Adds an interface on a PCI function; below it a virtio device where one is named.</summary>
    public SmallMachine WithCard(string name, string driver, int rx, int tx, string function = "0000:3b:00.0", string? virtio = null)
    {
        string pci = "/sys/devices/pci0000:3a/" + function;
        string device = virtio is null ? pci : $"{pci}/{virtio}";
        _ = WithLink(pci + "/subsystem", "../../../bus/pci").WithLink(device + "/driver", $"../../../bus/drivers/{driver}");
        if (virtio is not null)
        {
            _ = WithLink(device + "/subsystem", "../../../../bus/virtio");
        }

        _ = WithLink($"/sys/class/net/{name}", $"../..{device["/sys".Length..]}/net/{name}")
            .WithLink($"{device}/net/{name}/device", "../..")
            .With($"{device}/net/{name}/ifindex", "4\n")
            .With($"{device}/net/{name}/flags", "0x1003\n");
        for (int queue = 0; queue < rx; queue++)
        {
            _ = With(Invariant($"{device}/net/{name}/queues/rx-{queue}/rps_cpus"), "0\n");
        }

        for (int queue = 0; queue < tx; queue++)
        {
            _ = With(Invariant($"{device}/net/{name}/queues/tx-{queue}/xps_cpus"), Invariant($"{1 << queue:x}\n"));
        }

        return this;
    }

    /// <summary>Adds an interrupt of a PCI function, with its handler; null for none.</summary>
    public SmallMachine WithIrq(int irq, string? action, string function = "0000:3b:00.0", string cpus = "0-3", string effective = "2")
    {
        _ = With(Invariant($"/sys/devices/pci0000:3a/{function}/msi_irqs/{irq}"), "msix\n")
            .With(Invariant($"/proc/irq/{irq}/smp_affinity_list"), cpus + "\n")
            .With(Invariant($"/proc/irq/{irq}/effective_affinity_list"), effective + "\n")
            .With(Invariant($"/proc/irq/{irq}/affinity_hint"), "00000000,00000004\n")
            .With(Invariant($"/proc/irq/{irq}/node"), "1\n")
            .With(Invariant($"/sys/kernel/irq/{irq}/actions"), action + "\n")
            .With(Invariant($"/sys/kernel/irq/{irq}/chip_name"), "IR-PCI-MSI\n");
        if (action is not null)
        {
            _interrupts.Add(Invariant($" {irq}:         10          0        {irq}          0  IR-PCI-MSI {irq}-edge      {action}\n"));
        }

        // CPU 1 is offline: columns are 0, 2, 3 and 4.
        return With("/proc/interrupts", "           CPU0       CPU2       CPU3       CPU4       \n" + string.Concat(_interrupts));
    }

    /// <summary>Adds a queue as the kernel lists it, with the NAPI instance that serves it.</summary>
    public SmallMachine WithNapi(int queue, NetdevQueueType type, uint? napi, int? irq)
    {
        NetlinkErrno = Errno.None;
        _queues.Add((queue, (int)type, napi));
        if (napi is uint id && !_napis.Exists(known => known.Napi == id))
        {
            _napis.Add((id, irq));
        }

        return this;
    }

    public Answer<byte[][]> Request(string family, byte command, ReadOnlySpan<byte> attributes, bool dump)
    {
        if (NetlinkErrno != Errno.None)
        {
            return new Refusal(NetlinkErrno, "ask", family);
        }

        uint index = (uint)NetlinkAttributes.Parse(attributes.ToArray())[0].Number!.Value;
        return command == Netdev.NETDEV_CMD_QUEUE_GET
            ? _queues.Select(queue => Optional(
                new NetlinkAttributeWriter().Add(1, (uint)queue.Queue).Add(3, (uint)queue.Type).Add(2, index), 4, queue.Napi)).ToArray()
            : _napis.Select(napi => Optional(new NetlinkAttributeWriter().Add(2, napi.Napi).Add(1, index), 3, (uint?)napi.Irq)).ToArray();
    }

    private static byte[] Optional(NetlinkAttributeWriter writer, int type, uint? value) =>
        (value is uint number ? writer.Add(type, number) : writer).ToArray();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Files of a <see cref="SmallMachine"/> that take writes as the kernel does.</summary>
internal sealed class SmallTree(SmallMachine machine, CapturedFileTree tree) : FileTree
{
    public override FileAnswer Read(string path) => tree.Read(path);

    public override IReadOnlyList<string> List(string path) => tree.List(path);

    public override bool Exists(string path) => tree.Exists(path);

    public override bool IsFolder(string path) => tree.IsFolder(path);

    public override string? ReadLink(string path) => tree.ReadLink(path);

    public override string? Resolve(string path) => tree.Resolve(path);

    public override UnixFileMode? Mode(string path) => machine.Modes.TryGetValue(path, out UnixFileMode mode) ? mode : null;

    public override Errno Write(string path, ReadOnlySpan<byte> content)
    {
        if (tree.Resolve(path) is not string resolved)
        {
            return Errno.ENOENT;
        }

        Errno errno = Take(path, content);
        if (errno == Errno.None)
        {
            string text = System.Text.Encoding.UTF8.GetString(content);
            _ = machine.With(resolved, text);
            if (path.EndsWith("/smp_affinity_list", StringComparison.Ordinal) && machine.Effective(CpuList.Parse(text)) is CpuList effective)
            {
                _ = machine.With(path.Replace("smp_affinity_list", "effective_affinity_list", StringComparison.Ordinal), effective + "\n");
            }
        }

        return errno;
    }

    public override Errno MakeFolderOf(string path) => Errno.None;

    public override Errno Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode, FileOwner? owner)
    {
        Errno errno = Take(path, content);
        if (errno == Errno.None)
        {
            _ = machine.With(path, System.Text.Encoding.UTF8.GetString(content));
        }

        return errno;
    }

    private Errno Take(string path, ReadOnlySpan<byte> content)
    {
        string text = System.Text.Encoding.UTF8.GetString(content);
        Errno errno = machine.Refuse(path, text);
        if (errno == Errno.None)
        {
            machine.Writes.Add((path, text));
        }

        return errno;
    }
}
