using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Cmdlets;

/// <summary>New-ZeekNodeConfig: makes a node.cfg or a zeek.conf of plans, or of a machine's topology, and writes it where -Path says.</summary>
[Cmdlet(VerbsCommon.New, "ZeekNodeConfig", DefaultParameterSetName = "Machine", SupportsShouldProcess = true)]
[OutputType(typeof(ZeekNodeConfig))]
public sealed class NewZeekNodeConfigCommand : ConfigFileCmdlet
{
    private readonly List<string> _names = [];
    private readonly List<NsmPlan> _plans = [];

    /// <summary>Capture ports; wildcards are allowed. Left out, with no -UdpSource, the ports on which something captures, else all but the management port.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Machine")]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Sources that receive a cloud's mirrored traffic, as Zeek 9 writes them: <c>udp::0.0.0.0:4789:vxlan</c>, <c>udp::0.0.0.0:6081:geneve</c>.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateNotNullOrEmpty]
    public string[] UdpSource { get; set; } = [];

    /// <summary>Plans of New-NsmPlan, one for each host.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Plan")]
    [ValidateNotNull]
    public NsmPlan Plan { get; set; } = new();

    /// <summary>Which file: node.cfg of zeekctl, or zeek.conf of zeek-systemd-generator.</summary>
    [Parameter]
    public ZeekConfigFormat Format { get; set; }

    /// <summary>How packets come to workers in node.cfg.</summary>
    [Parameter]
    [ValidateSet("af_packet", "custom")]
    public string LoadBalanceMethod { get; set; } = "custom";

    /// <summary>Workers of each source; left out, as many as receive queues.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(1, 4096)]
    public int? Workers { get; set; }

    /// <summary>CPUs of the workers in their order, for one source; left out, they are chosen.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(0, CpuList.Highest)]
    public int[] WorkerCpu { get; set; } = [];

    /// <summary>CPUs of manager, logger and proxy; left out, they are chosen.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(0, CpuList.Highest)]
    public int[] SystemCpu { get; set; } = [];

    /// <summary>Number of the first fanout group; left out, the first from 101 on that no program has.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateRange(1, 65535)]
    public int? FanoutId { get; set; }

    /// <summary>How the kernel spreads packets over workers.</summary>
    [Parameter(ParameterSetName = "Machine")]
    [ValidateSet("FANOUT_QM", "FANOUT_HASH", "FANOUT_CPU")]
    public string FanoutMode { get; set; } = "FANOUT_QM";

    /// <summary>Bytes of each worker's ring.</summary>
    [Parameter]
    [ValidateRange(4096L, uint.MaxValue)]
    public long BufferSize { get; set; } = 134_217_728;

    /// <summary>Bytes of a block of the ring; left out, Zeek's default of 32 KiB.</summary>
    [Parameter]
    [ValidateRange(4096L, uint.MaxValue)]
    public long? BlockSize { get; set; }

    /// <summary>Environment of the workers, NAME=VALUE each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] EnvironmentVariable { get; set; } = [];

    /// <summary>Name of the host in the file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Plan")
        {
            _plans.Add(Plan);
        }
        else
        {
            _names.AddRange(ExpandInterfaces(InterfaceName));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Answer<ZeekWish> wish = _plans.Count > 0 ? Changed(PlanZeek.Wish([.. _plans], HostName)) : Decide();
        Answer<ZeekNodeConfig[]> made = wish.Try(out ZeekWish? decided) ? ZeekNodeConfigs.Make(decided) : wish.Refusal!;
        if (!made.Try(out ZeekNodeConfig[]? configs))
        {
            WriteError(made.Refusal!.ToErrorRecord());
            return;
        }

        foreach (ZeekNodeConfig config in configs)
        {
            Emit(config, new ZeekConfigFileSetting(), config.Text, configs.Length > 1 ? config.FileName : null);
        }

        Array.ForEach([.. configs.SelectMany(config => config.Notes).Distinct()], WriteVerbose);
    }

    private Answer<ZeekWish> Decide()
    {
        string[] sources = [.. _names.Distinct(), .. UdpSource];
        return sources.Length == 0 && InterfaceName.Length > 0
            ? new Refusal(Errno.ENODEV, "write Zeek's configuration", string.Join(", ", InterfaceName))
            : ZeekPlacement.Decide(Machine, new ZeekRequest
            {
                Format = Format,
                LoadBalanceMethod = LoadBalanceMethod,
                Sources = sources.Length > 0 ? sources : CaptureInterfaces.Find(Machine),
                Host = HostName ?? "localhost",
                Workers = Workers,
                WorkerCpus = WorkerCpu,
                SystemCpus = SystemCpu,
                FanoutId = FanoutId,
                FanoutMode = FanoutMode,
                BufferBytes = BufferSize,
                BlockBytes = BlockSize,
                Environment = EnvironmentVariable,
            });
    }

    private ZeekWish Changed(ZeekWish wish) => wish with
    {
        Format = Format,
        LoadBalanceMethod = LoadBalanceMethod,
        Environment = EnvironmentVariable,
        Captures = [.. wish.Captures.Select(capture => capture with { BufferBytes = BufferSize, BlockBytes = BlockSize })],
    };
}
