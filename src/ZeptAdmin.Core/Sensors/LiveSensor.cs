using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>This machine, in the network namespace of the thread that asks first.</summary>
public sealed class LiveSensor : Sensor
{
    private readonly Lazy<LiveEthtoolChannel> _ethtool = new(() => new LiveEthtoolChannel());
    private readonly Lazy<LiveNetlinkChannel> _netlink = new(() => new LiveNetlinkChannel());

    /// <inheritdoc/>
    public override string Name => Environment.MachineName;

    /// <inheritdoc/>
    public override bool IsLive => true;

    /// <inheritdoc/>
    public override FileTree Files { get; } = new LiveFileTree();

    /// <inheritdoc/>
    public override IEthtoolChannel Ethtool => _ethtool.Value;

    /// <inheritdoc/>
    public override INetlinkChannel Netlink => _netlink.Value;

    /// <inheritdoc/>
    public override IMsrChannel Msr { get; } = new LiveMsrChannel();

    /// <inheritdoc/>
    public override IPerfCounters Perf { get; } = new LivePerfCounters();

    /// <inheritdoc/>
    public override IThreadAffinity Threads { get; } = new LiveThreadAffinity();

    /// <inheritdoc/>
    public override DateTimeOffset Time => DateTimeOffset.UtcNow;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _ethtool.IsValueCreated)
        {
            _ethtool.Value.Dispose();
        }

        if (disposing && _netlink.IsValueCreated)
        {
            _netlink.Value.Dispose();
        }

        base.Dispose(disposing);
    }
}
