using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>A setting of an interface that is some fields of one structure of <c>SIOCETHTOOL</c>, all written at once.</summary>
/// <remarks>Its value is an object of the fields; a driver replaces all of them with each write, so each write starts from those in force.</remarks>
public abstract class NicFieldsSetting<T> : Setting
    where T : unmanaged
{
    /// <summary>A field of the structure.</summary>
    protected delegate ref uint Field(ref T structure);

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target) =>
        ReadFields(sensor.Ethtool, target).Select(structure => (JToken)Value(ref structure));

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<T> current = ReadFields(sensor.Ethtool, target);
        if (!current.Try(out T structure))
        {
            return current.Refusal;
        }

        foreach ((string name, _, Field field) in Fields)
        {
            if (value[name] is JToken number)
            {
                field(ref structure) = (uint)number;
            }
        }

        return EthtoolRequest.Set(sensor.Ethtool, target, SetCommand, $"set the {Noun}", structure);
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        string[] parts =
        [
            .. from field in Fields
               where after[field.Name] is not null && !JToken.DeepEquals(before[field.Name], after[field.Name])
               select string.Create(CultureInfo.InvariantCulture, $"{field.Words} of '{target}' from {before[field.Name]} to {after[field.Name]}"),
        ];
        return $"Set {(parts.Length == 0 ? $"the {Noun} of '{target}'" : string.Join(" and ", parts))}";
    }

    /// <summary>The change that brings some fields to what is wanted; null leaves a field as it is.</summary>
    public Answer<PlannedChange> Plan(Sensor sensor, string interfaceName, params (string Field, long? Wanted)[] wanted)
    {
        Answer<T> current = ReadFields(sensor.Ethtool, interfaceName);
        if (!current.Try(out T structure))
        {
            return current.Refusal!;
        }

        JObject before = Value(ref structure);
        JToken after = before.DeepClone();
        foreach ((string field, long? number) in wanted)
        {
            if (number > Maximum(field, structure))
            {
                return new Refusal(Errno.EINVAL, $"set the {Noun}", interfaceName)
                {
                    Detail = string.Create(CultureInfo.InvariantCulture, $"{field} {number} is more than its maximum, {Maximum(field, structure)}."),
                };
            }

            if (number is not null)
            {
                after[field] = number;
            }
        }

        return new PlannedChange(this, interfaceName, before, after);
    }

    /// <summary>What the structure holds, in words.</summary>
    protected abstract string Noun { get; }

    /// <summary>The fields that make the value: name in the journal, words for people, place.</summary>
    protected abstract (string Name, string Words, Field Field)[] Fields { get; }

    /// <summary>Command that writes the structure.</summary>
    protected abstract uint SetCommand { get; }

    /// <summary>Most that the kernel takes for a field, so that a rehearsal says so, too; null where the structure does not tell.</summary>
    protected virtual uint? Maximum(string field, in T current) => null;

    /// <summary>Reads the structure.</summary>
    protected abstract Answer<T> ReadFields(IEthtoolChannel channel, string interfaceName);

    private JObject Value(ref T structure)
    {
        JObject value = [];
        foreach ((string name, _, Field field) in Fields)
        {
            value[name] = field(ref structure);
        }

        return value;
    }
}
