using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Rss;

/// <summary>What is known beside the driver's own answer, said where it bears on it.</summary>
internal static class RssNotes
{
    /// <summary>The notes on one reading.</summary>
    public static string[] Of(NicRss rss, KernelVersion? kernel)
    {
        List<string> notes = [.. DriverQuirks.Of(rss.Driver, kernel).Where(quirk => Bears(quirk.Id, rss)).Select(quirk => quirk.Text)];
        if (rss.Queues is int queues && rss.IndirectionTable.Any(queue => queue >= queues))
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"The table names queues that the driver does not have ({queues} RX rings)."));
        }

        string[] oneSided = [.. rss.Fields.Where(fields => !fields.IsTwoSided).Select(fields => fields.ToString())];
        if (oneSided.Length > 0)
        {
            notes.Add($"One side only is hashed ({string.Join(", ", oneSided)}): the two directions of a connection meet in different queues whatever the key is.");
        }

        if (DriverTable.Find(rss.Driver)?.KeyLength is int length && rss.Key is not null && rss.Key.Length != length)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"The key has {rss.Key.Length} bytes where {rss.Driver} is known for {length}."));
        }

        return [.. notes];
    }

    private static bool Bears(string quirk, NicRss rss) => quirk switch
    {
        DriverQuirks.KeyOneByteLate => rss.Key is not null,
        DriverQuirks.KeyHidden => rss.KeySource != RssKeySource.Driver,
        DriverQuirks.SharedRuleFields => false,
        _ => true,
    };
}
