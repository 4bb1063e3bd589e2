using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>A switch of an interface that has a name: a feature or a private flag. Its target is <c>interface/name</c>, its value true or false.</summary>
public abstract class NicNamedSetting : Setting
{
    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        (string interfaceName, string name) = Split(target);
        Answer<(string Name, bool IsOn)[]> switches = All(sensor, interfaceName);
        if (!switches.Try(out (string Name, bool IsOn)[]? all))
        {
            return switches.Refusal!;
        }

        int index = Array.FindIndex(all, item => item.Name == name);
        return index >= 0
            ? new JValue(all[index].IsOn)
            : new Refusal(Errno.EOPNOTSUPP, $"read the {Noun} '{name}'", interfaceName) { Detail = $"The card has no {Noun} of that name." };
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        (string interfaceName, string name) = Split(target);
        return Turn(sensor, interfaceName, name, (bool)value);
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        (string interfaceName, string name) = Split(target);
        return $"Turn the {Noun} '{name}' of '{interfaceName}' {((bool)after ? "on" : "off")}";
    }

    /// <summary>The change that turns one switch.</summary>
    public Answer<PlannedChange> Plan(Sensor sensor, string interfaceName, string name, bool isOn)
    {
        string target = $"{interfaceName}/{name}";
        return Read(sensor, target).Select(before => new PlannedChange(this, target, before, new JValue(isOn)));
    }

    /// <summary>What kind of switch it is, in words.</summary>
    protected abstract string Noun { get; }

    /// <summary>All switches of an interface.</summary>
    protected abstract Answer<(string Name, bool IsOn)[]> All(Sensor sensor, string interfaceName);

    /// <summary>Turns a switch.</summary>
    protected abstract Refusal? Turn(Sensor sensor, string interfaceName, string name, bool isOn);

    private static (string InterfaceName, string Name) Split(string target)
    {
        int slash = target.IndexOf('/', StringComparison.Ordinal);
        return (target[..slash], target[(slash + 1)..]);
    }
}
