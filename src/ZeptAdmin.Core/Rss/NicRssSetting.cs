using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss;

/// <summary>Key, function, transformation and indirection table of an interface.</summary>
/// <remarks>
/// The value is <c>{ Key, Function, Transform, Table, Queues }</c>: Key hexadecimal, null where the driver hides it; Function the bit of
/// <c>ETH_RSS_HASH_*</c>; Queues the RX rings at that time, by which a remembered table is judged and which is never written.
/// </remarks>
public sealed class NicRssSetting : Setting
{
    private const string Key = nameof(Key);
    private const string Function = nameof(Function);
    private const string Transform = nameof(Transform);
    private const string Table = nameof(Table);
    private const string Queues = nameof(Queues);

    private static readonly string[] FunctionNames = ["toeplitz", "xor", "crc32"];

    /// <inheritdoc/>
    public override string Kind => "NicRss";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target) =>
        EthtoolRss.Get(sensor.Ethtool, target).Select(settings => (JToken)new JObject
        {
            [Key] = settings.Key.Length == 0 ? JValue.CreateNull() : Convert.ToHexStringLower(settings.Key),
            [Function] = settings.HashFunction,
            [Transform] = settings.InputTransform,
            [Table] = new JArray(settings.Indirection),
            [Queues] = EthtoolRxRings.Get(sensor.Ethtool, target).Try(out int queues) ? queues : JValue.CreateNull(),
        });

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<EthtoolRssSettings> answer = EthtoolRss.Get(sensor.Ethtool, target);
        if (!answer.Try(out EthtoolRssSettings? now))
        {
            return answer.Refusal;
        }

        byte[]? key = (string?)value[Key] is string hex ? Convert.FromHexString(hex) : null;
        uint[] table = Numbers(value[Table]);
        byte function = (byte?)value[Function] ?? 0;
        EthtoolRssChange change = new(
            table.Length == 0 || table.AsSpan().SequenceEqual(now.Indirection) ? null : ForKernel(table, sensor, target),
            key is null || key.AsSpan().SequenceEqual(now.Key) ? null : key,
            function == 0 || function == now.HashFunction ? null : function,
            (byte?)value[Transform] is byte transform && transform != now.InputTransform ? transform : null);
        return EthtoolRss.Set(sensor.Ethtool, target, change, now);
    }

    /// <inheritdoc/>
    public override bool AreSame(JToken left, JToken right) =>
        Array.TrueForAll([Key, Function, Transform, Table], part => JToken.DeepEquals(left[part], right[part]));

    /// <summary>
    /// Key, function and transformation as they were. The table too, unless it was only the default of that time or names queues that are
    /// gone: then the driver's present one is the right one.
    /// </summary>
    public override JToken Fit(JToken remembered, JToken now)
    {
        JToken fitted = remembered.DeepClone();
        uint[] table = Numbers(remembered[Table]);
        uint[] present = Numbers(now[Table]);
        int queues = (int?)now[Queues] ?? (int)(present.DefaultIfEmpty().Max() + 1);
        bool wasDefault = (int?)remembered[Queues] is int before && before != queues && IsDefault(table, before);
        if (wasDefault || table.Length != present.Length || Array.Exists(table, queue => queue >= queues))
        {
            fitted[Table] = now[Table]!.DeepClone();
        }

        if (((string?)remembered[Key])?.Length != ((string?)now[Key])?.Length)
        {
            fitted[Key] = now[Key]!.DeepClone();
        }

        return fitted;
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        List<string> parts = [];
        if (!JToken.DeepEquals(before[Key], after[Key]))
        {
            parts.Add($"the hash key of '{target}' from {KeyText(before)} to {KeyText(after)}");
        }

        if (!JToken.DeepEquals(before[Function], after[Function]))
        {
            parts.Add($"the hash function of '{target}' from {FunctionText(before)} to {FunctionText(after)}");
        }

        if (!JToken.DeepEquals(before[Transform], after[Transform]))
        {
            parts.Add($"the input transformation of '{target}' from {TransformText(before)} to {TransformText(after)}");
        }

        if (!JToken.DeepEquals(before[Table], after[Table]))
        {
            parts.Add($"the indirection table of '{target}' from {TableText(before)} to {TableText(after)}");
        }

        return $"Set {(parts.Count == 0 ? $"the receive-side scaling of '{target}'" : string.Join(" and ", parts))}";
    }

    /// <summary>The change that brings some parts to what is wanted; null leaves a part as it is.</summary>
    internal Answer<PlannedChange> Plan(
        Sensor sensor, string interfaceName, RssKey? key, byte? function, RssInputTransform? transform, int[]? table) =>
        Read(sensor, interfaceName).Select(before =>
        {
            JToken after = before.DeepClone();
            after[Key] = key is null ? after[Key] : Convert.ToHexStringLower(key.AsSpan());
            after[Function] = function ?? after[Function];
            after[Transform] = transform is null ? after[Transform] : (byte)transform;
            after[Table] = table is null ? after[Table] : new JArray(table);
            return new PlannedChange(this, interfaceName, before, after);
        });

    /// <summary>The table that a driver has by itself: queue after queue, over and over (<c>ethtool_rxfh_indir_default</c>).</summary>
    internal static int[] DefaultTable(int entries, int queues) => [.. Enumerable.Range(0, entries).Select(entry => entry % queues)];

    // The default is asked for as such, so that the kernel does not take it for the user's own: a table of the user's binds the number of
    // channels (IFF_RXFH_CONFIGURED), and undoing has to loosen that again.
    private static uint[] ForKernel(uint[] table, Sensor sensor, string target) =>
        EthtoolRxRings.Get(sensor.Ethtool, target).Try(out int queues) && IsDefault(table, queues) ? [] : table;

    private static bool IsDefault(uint[] table, int queues)
    {
        for (int entry = 0; entry < table.Length; entry++)
        {
            if (queues <= 0 || table[entry] != entry % queues)
            {
                return false;
            }
        }

        return true;
    }

    private static uint[] Numbers(JToken? table) => table is JArray numbers ? [.. numbers.Select(number => (uint)number)] : [];

    private static string KeyText(JToken value) =>
        (string?)value[Key] is string hex ? NicRss.Summarize(new RssKey(Convert.FromHexString(hex))) : "hidden";

    private static string FunctionText(JToken value)
    {
        byte function = (byte?)value[Function] ?? 0;
        int bit = System.Numerics.BitOperations.TrailingZeroCount(function);
        return function == 0 ? "unknown" : bit < FunctionNames.Length ? FunctionNames[bit] : string.Create(CultureInfo.InvariantCulture, $"0x{function:x}");
    }

    private static string TransformText(JToken value) => (byte?)value[Transform] is byte transform ? ((RssInputTransform)transform).ToString() : "unknown";

    private static string TableText(JToken value)
    {
        uint[] table = Numbers(value[Table]);
        int[] counts = [.. table.GroupBy(queue => queue).Select(group => group.Count())];
        return table.Length == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture, $"{table.Length} entries for {counts.Length} queues ({string.Join(' ', table.Take(8))}{(table.Length > 8 ? " …" : "")})");
    }
}
