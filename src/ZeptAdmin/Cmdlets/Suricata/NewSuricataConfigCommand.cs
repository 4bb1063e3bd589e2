using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Suricata;

namespace ZeptAdmin.Cmdlets;

/// <summary>New-SuricataConfig: makes what Suricata's configuration has to say of packets, threads and memory, of a plan or of a machine, and writes it where -Path says.</summary>
[Cmdlet(VerbsCommon.New, "SuricataConfig", DefaultParameterSetName = "Machine", SupportsShouldProcess = true)]
[OutputType(typeof(SuricataConfig))]
public sealed class NewSuricataConfigCommand : ConfigFileCmdlet
{
    private readonly List<string> _names = [];

    /// <summary>Capture ports; wildcards are allowed. Left out, the ports on which something captures, else all but the management port.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Machine")]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Plan of New-NsmPlan: its ports, CPUs and fanout groups.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Plan")]
    [ValidateNotNull]
    public NsmPlan Plan { get; set; } = new();

    /// <summary>Release of Suricata that reads the file.</summary>
    [Parameter]
    [ValidateSet("7", "8", "9")]
    public int Version { get; set; } = 8;

    /// <summary>How the kernel spreads packets over threads.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateSet("cluster_qm", "cluster_flow", "cluster_cpu", "cluster_ebpf")]
    public string ClusterType { get; set; } = "cluster_qm";

    /// <summary>Number of the first fanout group; left out, the first from 201 on that no program has.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(1, 65535)]
    public int? ClusterId { get; set; }

    /// <summary>Threads of each interface; left out, as many as receive queues.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(1, 1024)]
    public int? Workers { get; set; }

    /// <summary>CPUs of the threads, for one interface; left out, they are chosen.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(0, CpuList.Highest)]
    public int[] WorkerCpu { get; set; } = [];

    /// <summary>CPUs of the threads that look at no packets; left out, they are chosen.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(0, CpuList.Highest)]
    public int[] SystemCpu { get; set; } = [];

    /// <summary>Pins no thread.</summary>
    [Parameter(ParameterSetName = "Machine")]
    public SwitchParameter Unpinned { get; set; }

    /// <summary>Form of the ring: 3 where packets are only read.</summary>
    [Parameter]
    [ValidateSet("2", "3")]
    public int TpacketVersion { get; set; } = 3;

    /// <summary>Packets of each thread's ring; left out, reckoned of -Gbps, -Pause and the memory.</summary>
    [Parameter]
    [ValidateRange(1L, int.MaxValue)]
    public long? RingSize { get; set; }

    /// <summary>Bytes of a block of the ring; left out, what comes in 10 ms.</summary>
    [Parameter]
    [ValidateRange(4096L, 67_108_864L)]
    public long? BlockSize { get; set; }

    /// <summary>Gbit/s that each interface has to hold; left out, the speed of its link.</summary>
    [Parameter]
    [ValidateRange(0.001, 10_000)]
    public double? Gbps { get; set; }

    /// <summary>How long a thread may not get to its ring without a loss.</summary>
    [Parameter]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes for rings, flows and streams together; left out, half of the machine's memory.</summary>
    [Parameter]
    [ValidateRange(268_435_456L, long.MaxValue)]
    public long? Memory { get; set; }

    /// <summary>Keeps rings from being swapped out.</summary>
    [Parameter]
    public SwitchParameter LockMemory { get; set; }

    /// <summary>Gives up flows that need no more looking at, in the kernel where a program of -XdpFilterFile or -EbpfFilterFile does it.</summary>
    [Parameter]
    public SwitchParameter Bypass { get; set; }

    /// <summary>Where the XDP program runs.</summary>
    [Parameter]
    [ValidateSet("soft", "driver", "hw")]
    public string? XdpMode { get; set; }

    /// <summary>File of the XDP program, as xdp_filter.bpf.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? XdpFilterFile { get; set; }

    /// <summary>File of the eBPF program that filters, as bypass_filter.bpf.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EbpfFilterFile { get; set; }

    /// <summary>File of the eBPF program that picks the thread, as lb.bpf; cluster_ebpf takes it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EbpfLoadBalancerFile { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Plan")
        {
            Write(PlanSuricata.Request(Plan, Request()));
        }
        else
        {
            _names.AddRange(ExpandInterfaces(InterfaceName));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "Plan")
        {
            return;
        }

        string[] names = [.. _names.Distinct()];
        if (names.Length == 0 && InterfaceName.Length > 0)
        {
            // Each that is not there was an error already.
            return;
        }

        names = names.Length > 0 ? names : CaptureInterfaces.Find(Machine);
        if (WorkerCpu.Length > 0 && names.Length > 1)
        {
            WriteError(new Refusal(Errno.EINVAL, "place the threads", string.Join(", ", names)) { Detail = "-WorkerCpu is for one interface." }.ToErrorRecord());
            return;
        }

        Write(Request() with { Ports = [.. names.Select(name => new SuricataPort { InterfaceName = name, Threads = Workers, Cpus = WorkerCpu })] });
    }

    private SuricataRequest Request() => new()
    {
        Version = Version,
        ClusterType = ClusterType,
        ClusterId = ClusterId,
        ManagementCpus = SystemCpu,
        IsUnpinned = Unpinned,
        TpacketVersion = TpacketVersion,
        RingSize = RingSize,
        BlockBytes = BlockSize,
        Gbps = Gbps,
        Pause = Pause,
        MemoryBytes = Memory,
        IsLocked = LockMemory,
        IsBypassing = Bypass,
        XdpMode = XdpMode,
        XdpFilterFile = XdpFilterFile,
        EbpfFilterFile = EbpfFilterFile,
        EbpfLoadBalancerFile = EbpfLoadBalancerFile,
    };

    private void Write(SuricataRequest request)
    {
        Answer<SuricataWish> wish = SuricataPlacement.Decide(Machine, request);
        Answer<SuricataConfig> made = wish.Try(out SuricataWish? decided) ? SuricataConfigs.Make(decided, Machine) : wish.Refusal!;
        if (!made.Try(out SuricataConfig? config))
        {
            WriteError(made.Refusal!.ToErrorRecord());
            return;
        }

        Emit(config, new SuricataConfigFileSetting(), config.Text);
        Array.ForEach(config.Notes, WriteVerbose);
    }
}
