using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Changes;

/// <summary>A machine of a few settings whose every write can be made the last thing that happens.</summary>
internal sealed class FakeMachine : Sensor
{
    private readonly MemoryFolder _root = new();

    public FakeMachine()
    {
        _ = _root.TryAdd("proc/sys/kernel/random/boot_id", new MemoryFile("boot-1\n"u8.ToArray()));
        Files = new CapturedFileTree(_root);
    }

    public Dictionary<SettingKey, int> Values { get; } = [];

    /// <summary>Called before each write and after it; throwing here is the process dying there.</summary>
    public Action<string> Step { get; set; } = _ => { };

    public Func<SettingKey, Errno> Refuse { get; set; } = _ => Errno.None;

    /// <summary>A refusal that comes after the value has moved: a driver that fails half way.</summary>
    public Func<SettingKey, Errno> RefuseLate { get; set; } = _ => Errno.None;

    public int Writes { get; private set; }

    public override string Name => "fake";

    public override bool IsLive => true;

    public override FileTree Files { get; }

    public override IEthtoolChannel Ethtool => throw new NotSupportedException();

    public override INetlinkChannel Netlink => throw new NotSupportedException();

    public override DateTimeOffset Time => DateTimeOffset.UnixEpoch;

    public void Reboot() => _root.TryAdd("proc/sys/kernel/random/boot_id", new MemoryFile("boot-2\n"u8.ToArray()));

    internal Refusal? Write(SettingKey key, int value, SettingKey[] disturbed)
    {
        Step($"before {key}");
        Errno errno = Refuse(key);
        if (errno != Errno.None)
        {
            return new Refusal(errno, $"set the {key.Kind}", key.Target);
        }

        Writes++;
        Values[key] = value;
        foreach (SettingKey other in disturbed)
        {
            Values[other] = 0;
        }

        Step($"after {key}");
        Errno late = RefuseLate(key);
        return late == Errno.None ? null : new Refusal(late, $"set the {key.Kind}", key.Target);
    }
}

/// <summary>A number on a <see cref="FakeMachine"/> whose write resets others to 0.</summary>
internal sealed class FakeSetting(string kind, params string[] disturbs) : Setting
{
    public override string Kind { get; } = kind;

    public override Answer<JToken> Read(Sensor sensor, string target) =>
        ((FakeMachine)sensor).Values.TryGetValue(new SettingKey(Kind, target), out int value)
            ? (JToken)value
            : new Refusal(Errno.ENODEV, $"read the {Kind}", target);

    public override Refusal? Write(Sensor sensor, string target, JToken value) =>
        ((FakeMachine)sensor).Write(new SettingKey(Kind, target), (int)value, [.. Disturbs(sensor, target)]);

    public override IEnumerable<SettingKey> Disturbs(Sensor sensor, string target) => disturbs.Select(other => new SettingKey(other, target));

    public override string Describe(string target, JToken before, JToken after) => $"Set {Kind} of '{target}' from {before} to {after}";
}
