using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>
/// A setting that is one thing with a place for each CPU: a file, or a register. Its value names the CPUs of each text:
/// <c>{"performance":"0-3","powersave":"4-7"}</c>, so that one change of 128 CPUs is one line of the journal and one question.
/// </summary>
public abstract class CpuPlacesSetting : Setting
{
    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        SortedDictionary<string, List<int>> values = new(StringComparer.Ordinal);
        foreach (int cpu in CpusOf(sensor, target))
        {
            Answer<string> text = ReadOne(sensor, target, cpu);
            if (text.Refusal is Refusal refusal)
            {
                return refusal;
            }

            if (!values.TryGetValue(text.Value, out List<int>? cpus))
            {
                values[text.Value] = cpus = [];
            }

            cpus.Add(cpu);
        }

        return values.Count == 0
            ? new Refusal(Errno.EOPNOTSUPP, $"read the {Noun}", target) { Detail = Absent }
            : new JObject(values.Select(value => new JProperty(value.Key, CpuList.Of(value.Value).ToString())));
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<JToken> now = Read(sensor, target);
        if (now.Refusal is Refusal refusal)
        {
            return refusal;
        }

        IReadOnlyDictionary<int, string> present = ByCpu(now.Value);
        foreach ((int cpu, string text) in ByCpu(value))
        {
            if (present.GetValueOrDefault(cpu) != text && WriteOne(sensor, target, cpu, text) is Refusal refused)
            {
                return refused;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        IReadOnlyDictionary<int, string> old = ByCpu(before);
        IEnumerable<string> moves =
            from pair in ByCpu(after)
            let was = old.GetValueOrDefault(pair.Key)
            where was is not null && was != pair.Value
            group pair.Key by (Was: was, Is: pair.Value) into move
            orderby move.First()
            select $"of {Place} {CpuList.Of(move)} from {InWords(move.Key.Was)} to {InWords(move.Key.Is)}";
        return $"Set the {Named(target)} {string.Join(", ", moves)}";
    }

    /// <summary>The change that gives these CPUs a text.</summary>
    internal Answer<PlannedChange> Plan(Sensor sensor, string target, CpuList cpus, string wanted) =>
        Plan(sensor, target, cpus, (_, _) => wanted);

    /// <summary>The change that gives each of these CPUs the text that it should have, of the CPU and its present text.</summary>
    internal Answer<PlannedChange> Plan(Sensor sensor, string target, CpuList cpus, Func<int, string, string> wanted) =>
        Read(sensor, target).Select(before =>
        {
            SortedDictionary<string, List<int>> values = new(StringComparer.Ordinal);
            foreach ((int cpu, string text) in ByCpu(before))
            {
                string next = cpus.Contains(cpu) ? wanted(cpu, text) : text;
                if (!values.TryGetValue(next, out List<int>? list))
                {
                    values[next] = list = [];
                }

                list.Add(cpu);
            }

            JObject after = new(values.Select(value => new JProperty(value.Key, CpuList.Of(value.Value).ToString())));
            return new PlannedChange(this, target, before, after);
        });

    /// <summary>What the places hold, in words.</summary>
    protected abstract string Noun { get; }

    /// <summary>What to say when no CPU has such a place.</summary>
    protected abstract string Absent { get; }

    /// <summary>What a place belongs to.</summary>
    protected virtual string Place => "CPU";

    /// <summary>The setting of one target in words.</summary>
    protected virtual string Named(string target) => Noun;

    /// <summary>A text in words.</summary>
    protected virtual string InWords(string text) => $"'{text}'";

    /// <summary>CPUs that have a place for the target, ascending.</summary>
    private protected abstract IEnumerable<int> CpusOf(Sensor sensor, string target);

    /// <summary>The text of one CPU.</summary>
    private protected abstract Answer<string> ReadOne(Sensor sensor, string target, int cpu);

    /// <summary>Writes the text of one CPU.</summary>
    private protected abstract Refusal? WriteOne(Sensor sensor, string target, int cpu, string text);

    private static SortedDictionary<int, string> ByCpu(JToken value)
    {
        SortedDictionary<int, string> texts = [];
        foreach (JProperty text in ((JObject)value).Properties())
        {
            foreach (int cpu in CpuList.Parse((string?)text.Value ?? "").AsSpan())
            {
                texts[cpu] = text.Name;
            }
        }

        return texts;
    }
}
