using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Zeek;

/// <summary>What somebody wants of a machine's own configuration; what is left out is decided from the machine.</summary>
public sealed record ZeekRequest
{
    /// <summary>Which file.</summary>
    public ZeekConfigFormat Format { get; init; }

    /// <summary>How packets come to workers: <c>af_packet</c> or <c>custom</c>.</summary>
    public string LoadBalanceMethod { get; init; } = "custom";

    /// <summary>Interfaces, or sources as <c>udp::0.0.0.0:4789:vxlan</c>.</summary>
    public string[] Sources { get; init; } = [];

    /// <summary>Host name in the file.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Workers of each; null for as many as there are receive queues.</summary>
    public int? Workers { get; init; }

    /// <summary>CPUs for workers, in their order; empty to choose them.</summary>
    public int[] WorkerCpus { get; init; } = [];

    /// <summary>CPUs for manager, logger and proxy; empty to choose them.</summary>
    public int[] SystemCpus { get; init; } = [];

    /// <summary>Number of the first fanout group; null for the first that nobody has.</summary>
    public int? FanoutId { get; init; }

    /// <summary>How the kernel spreads packets.</summary>
    public string FanoutMode { get; init; } = "FANOUT_QM";

    /// <summary>Bytes of each worker's ring.</summary>
    public long BufferBytes { get; init; } = 134_217_728;

    /// <summary>Bytes of a block; null for Zeek's default.</summary>
    public long? BlockBytes { get; init; }

    /// <summary>Environment of the workers.</summary>
    public string[] Environment { get; init; } = [];
}

/// <summary>Decides where Zeek's processes belong on a machine.</summary>
public static class ZeekPlacement
{
    private const int FirstFanoutId = 101;

    /// <summary>
    /// Makes explicit lists of a request: workers as many as queues, on cores of the card's node, none with a thread of an interrupt's core, of the
    /// system's or of another worker's; numbers of fanout groups that nobody has.
    /// </summary>
    public static Answer<ZeekWish> Decide(Sensor sensor, ZeekRequest request)
    {
        WorkerMachine machine = new(sensor);
        int[] system = request.SystemCpus.Length > 0 ? request.SystemCpus : machine.SystemCpus(request.Sources, request.WorkerCpus);
        CpuList taken = machine.WithSiblings(CpuList.Of(system)).Union(machine.IrqCores(request.Sources));
        HashSet<int> ids = [.. machine.Groups.Select(socket => socket.FanoutId!.Value)];
        int next = request.FanoutId ?? FirstFanoutId;
        List<ZeekCapture> captures = [];
        foreach (string source in request.Sources)
        {
            if (ZeekUdpSource.Parse(source) is null && !machine.Has(source))
            {
                return new Refusal(Errno.ENODEV, "place the workers", source);
            }

            while (request.FanoutId is null && ids.Contains(next))
            {
                next++;
            }

            if (ids.Contains(next))
            {
                return new Refusal(Errno.EBUSY, "take the fanout group", source) { Detail = $"Group {next} is that of a program that runs; each would get half of the packets (field.md J9)." };
            }

            if ((request.Workers ?? Queues(machine, source, request)) is not int workers)
            {
                return new Refusal(Errno.ENODATA, "count the receive queues", source) { Detail = "The machine does not say; name the number of workers." };
            }

            int[] cpus = request.WorkerCpus;
            if (cpus.Length == 0)
            {
                cpus = machine.FreeCpus(source, taken, workers);
                taken = machine.WithSiblings(CpuList.Of(cpus)).Union(taken);
            }

            if (cpus.Length < workers)
            {
                return new Refusal(Errno.EINVAL, "place the workers", source)
                {
                    Detail = $"{workers} workers need {workers} cores of their own; {cpus.Length} are free{(machine.NodeCpus(source) is CpuList node ? $" on the card's node (CPUs {node})" : "")}. Take fewer queues and move interrupts together (New-NsmPlan decides both), or name the CPUs.",
                };
            }

            captures.Add(new ZeekCapture { Source = source, Host = request.Host, Workers = workers, WorkerCpus = cpus, FanoutId = next, FanoutMode = request.FanoutMode, BufferBytes = request.BufferBytes, BlockBytes = request.BlockBytes });
            _ = ids.Add(next++);
        }

        return new ZeekWish
        {
            Format = request.Format,
            LoadBalanceMethod = request.LoadBalanceMethod,
            ManagerHost = request.Host,
            ManagerCpus = [system[0]],
            LoggerCpus = [system[1 % system.Length]],
            ProxyCpus = [system[2 % system.Length]],
            Environment = request.Environment,
            Captures = [.. captures],
        };
    }

    private static int? Queues(WorkerMachine machine, string source, ZeekRequest request) =>
        ZeekUdpSource.Parse(source) is not null ? (request.WorkerCpus.Length > 0 ? request.WorkerCpus.Length : 1) : machine.Queues(source);
}
