using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Memory;

/// <summary>Where a memory slot is; null for what cannot be told.</summary>
/// <param name="Package">Processor package, from 0.</param>
/// <param name="Channel">Channel within the package, from 0.</param>
/// <param name="Slot">Slot within the channel, from 0.</param>
internal readonly record struct MemoryLocation(int? Package, int? Channel, int? Slot);

/// <summary>Tells package, channel and slot of a machine's memory slots from their labels.</summary>
/// <remarks>
/// <para>All slots are looked at together: a label like DIMM_G1 is channel 6 of one package or channel 0 of the second, as many as there are
/// sockets and letters. A pattern of <see cref="MemoryLocators"/> is taken when it fits every labelled slot and the outcome is a possible machine:
/// no place twice, every package with the same number of channels and no more than its processors have, at most three slots a channel.
/// Otherwise nothing is said: a wrong channel is worse than none.</para>
/// </remarks>
internal sealed class MemoryLocations
{
    // No controller of a server drives more (field.md C3).
    private const int MostSlots = 3;

    private MemoryLocations(MemoryLocation[] places, string? pattern, int? channelsPerPackage, string? unknown, int? processorChannels)
    {
        ProcessorChannels = processorChannels;
        Places = places;
        Pattern = pattern;
        ChannelsPerPackage = channelsPerPackage;
        Unknown = unknown;
    }

    /// <summary>Place of each slot, in the order of the slots given.</summary>
    public MemoryLocation[] Places { get; }

    /// <summary>Name of the pattern that fits; null when none does.</summary>
    public string? Pattern { get; }

    /// <summary>Channels of a package that the board has slots for; null when it cannot be told.</summary>
    public int? ChannelsPerPackage { get; }

    /// <summary>Channels that the processors have; null when they are not known, 0 when the memory hangs on the chipset.</summary>
    public int? ProcessorChannels { get; }

    /// <summary>Why the channels cannot be told, as a sentence; null when they can.</summary>
    public string? Unknown { get; }

    /// <summary>Tells the places of slots.</summary>
    public static MemoryLocations Find(IReadOnlyList<SmbiosMemoryDevice> slots, IReadOnlyList<SmbiosProcessor> processors)
    {
        SmbiosProcessor[] sockets = [.. processors.Where(processor => processor.IsCentral)];
        int? channels = sockets.Where(socket => socket.IsPopulated)
            .Select(socket => MemoryChannels.Find(socket.Manufacturer, socket.Version, socket.CpuidFamily, socket.CpuidModel, socket.Upgrade))
            .FirstOrDefault();
        if (channels == 0)
        {
            return new MemoryLocations(new MemoryLocation[slots.Count], null, null, "The memory of this machine hangs on the chipset, not on the processors.", 0);
        }

        string[] labels = [.. slots.Select(slot => $"{slot.Locator?.Trim()}|{slot.BankLocator?.Trim()}")];
        bool[] isLabelled = [.. slots.Select(slot => !MemoryLocators.IsPlaceholder(slot.Locator))];
        MemoryLocations? packagesOnly = null;
        foreach (MemoryLocatorPattern pattern in MemoryLocators.All)
        {
            Match?[] matches = [.. labels.Select((label, i) => isLabelled[i] ? pattern.Pattern.Match(label) : null)];
            if (!matches.Any(match => match is not null) || matches.Any(match => match is { Success: false }))
            {
                continue;
            }

            MemoryLocation[]? places = pattern.Pattern.GetGroupNames().Contains("c")
                ? ByChannelLabel(matches, Math.Max(1, sockets.Length))
                : ByNumber(matches, pattern.Numbering, channels);
            if (places is not null && IsPossible(places, sockets.Length, channels))
            {
                // Slots without a label may be on channels that no label names.
                int labelled = ChannelCount(places);
                int? perPackage = isLabelled.All(known => known) ? labelled : channels is int known2 ? Math.Max(known2, labelled) : null;
                return new MemoryLocations(places, pattern.Name, perPackage, null, channels);
            }

            packagesOnly ??= ByPackage(matches, pattern, sockets.Length, channels);
        }

        return packagesOnly ?? new MemoryLocations(new MemoryLocation[slots.Count], null, null, "The labels of the memory slots do not tell their channels.", channels);
    }

    private static MemoryLocation[]? ByChannelLabel(Match?[] matches, int sockets)
    {
        (string Package, string Channel, string Slot)?[] tokens =
            [.. matches.Select(match => match is null ? ((string, string, string)?)null : (Token(match, "p"), Token(match, "c"), Token(match, "s")))];
        if (tokens.All(token => token is null or { Package: "" }))
        {
            // Letters run on from package to package: A to F are the first, G to M (without I) the second.
            string[] letters = Ranks(tokens.Select(token => token?.Channel));
            if (letters.Length % sockets != 0)
            {
                return null;
            }

            int each = letters.Length / sockets;
            tokens = [.. tokens.Select(token => token is null ? token : token.Value with { Package = Text(Array.IndexOf(letters, token.Value.Channel) / each) })];
        }

        string[] packages = Ranks(tokens.Select(token => token?.Package));
        return
        [
            .. tokens.Select(token =>
            {
                if (token is not var (package, channel, slot))
                {
                    return default;
                }

                string[] channelsOfPackage = Ranks(tokens.Where(other => other?.Package == package).Select(other => other?.Channel));
                string[] slotsOfMachine = Ranks(tokens.Select(other => other?.Slot));
                return new MemoryLocation(Array.IndexOf(packages, package), Array.IndexOf(channelsOfPackage, channel), Array.IndexOf(slotsOfMachine, slot));
            }),
        ];
    }

    private static MemoryLocation[]? ByNumber(Match?[] matches, SlotNumbering numbering, int? channels)
    {
        if (numbering == SlotNumbering.None || channels is not int channelCount || matches.Any(match => match is null))
        {
            return null;
        }

        string[] packages = Ranks(matches.Select(match => Token(match!, "p")));
        MemoryLocation[] places = new MemoryLocation[matches.Length];
        for (int package = 0; package < packages.Length; package++)
        {
            int[] slots = [.. Enumerable.Range(0, matches.Length).Where(i => Token(matches[i]!, "p") == packages[package]).OrderBy(i => Number(Token(matches[i]!, "n")))];
            if (slots.Length % channelCount != 0)
            {
                return null;
            }

            int perChannel = slots.Length / channelCount;
            for (int i = 0; i < slots.Length; i++)
            {
                places[slots[i]] = numbering == SlotNumbering.Blocks
                    ? new MemoryLocation(package, i / perChannel, i % perChannel)
                    : new MemoryLocation(package, i % channelCount, i / channelCount);
            }
        }

        return places;
    }

    private static MemoryLocations? ByPackage(Match?[] matches, MemoryLocatorPattern pattern, int sockets, int? channels)
    {
        string[] packages = Ranks(matches.Select(match => match is null ? null : Token(match, "p")));
        return packages is [] or [""] || packages.Length > sockets
            ? null
            : new MemoryLocations(
                [.. matches.Select(match => match is null ? default : new MemoryLocation(Array.IndexOf(packages, Token(match, "p")), null, null))],
                pattern.Name,
                null,
                "The labels of the memory slots tell the package, but not the channel.",
                channels);
    }

    private static bool IsPossible(MemoryLocation[] places, int sockets, int? channels)
    {
        MemoryLocation[] known = [.. places.Where(place => place.Package is not null)];
        int[] channelCounts = [.. known.GroupBy(place => place.Package).Select(package => package.Select(place => place.Channel).Distinct().Count())];
        return known.Distinct().Count() == known.Length
            && channelCounts.Distinct().Count() == 1
            && (sockets == 0 || channelCounts.Length <= sockets)
            && (channels is null || channelCounts[0] <= channels)
            && (channelCounts[0] > 1 || channels is null or 1)
            && known.GroupBy(place => (place.Package, place.Channel)).All(channel => channel.Count() <= MostSlots);
    }

    private static int ChannelCount(MemoryLocation[] places) =>
        places.Where(place => place.Package == 0).Select(place => place.Channel).Distinct().Count();

    private static string Token(Match match, string group) => match.Groups[group].Value.ToUpperInvariant();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;

    // Distinct tokens in order: numbers by value, letters by the alphabet.
    private static string[] Ranks(IEnumerable<string?> tokens) =>
        [.. tokens.OfType<string>().Distinct().OrderBy(Number).ThenBy(token => token, StringComparer.Ordinal)];
}
