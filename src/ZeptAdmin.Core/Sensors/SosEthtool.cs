using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Answers <c>SIOCETHTOOL</c> from what ethtool printed into an sos report: the one place where a tool's text is read.</summary>
/// <remarks>
/// The text becomes the kernel's structures again (linux/ethtool.h), so that readers need not know where an answer comes from.
/// What ethtool prints as <c>n/a</c> is 0, as the kernel reports it. What sos did not run is ENODATA.
/// </remarks>
/// <param name="files">The report.</param>
internal sealed class SosEthtool(FileTree files) : IEthtoolChannel
{
    private const string Folder = "/sos_commands/networking";
    private const int StringLength = 32;
    private const int DriverInfoLength = 196;
    private const uint ETH_SS_STATS = 1;
    private const uint ETH_SS_PRIV_FLAGS = 2;
    private const uint ETH_SS_FEATURES = 4;
    private const uint ETH_SS_RSS_HASH_FUNCS = 5;

    private static readonly string[] HashFunctions = ["toeplitz", "xor", "crc32"];

    /// <summary>Interfaces that sos asked about.</summary>
    public static string[] InterfaceNames(FileTree files)
    {
        const string Prefix = "ethtool_-i_";
        return [.. files.List(Folder).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..])];
    }

    /// <inheritdoc/>
    public Errno Send(string interfaceName, Span<byte> buffer)
    {
        if (interfaceName.Contains('/') || Array.IndexOf(InterfaceNames(files), interfaceName) < 0)
        {
            return Errno.ENODEV;
        }

        uint command = MemoryMarshal.Read<uint>(buffer);
        return command switch
        {
            EthtoolCommands.ETHTOOL_GDRVINFO => Answer(interfaceName, "-i", buffer, DriverInfo),
            EthtoolCommands.ETHTOOL_GLINK => Answer(interfaceName, "", buffer, (text, target) => Put(target, text.Number("Link detected", yes: "yes"))),
            EthtoolCommands.ETHTOOL_GLINKSETTINGS => Answer(interfaceName, "", buffer, SosLink.Put),
            EthtoolCommands.ETHTOOL_GRINGPARAM => Answer(interfaceName, "-g", buffer, Rings),
            EthtoolCommands.ETHTOOL_GCHANNELS => Answer(interfaceName, "-l", buffer, Channels),
            EthtoolCommands.ETHTOOL_GPAUSEPARAM => Answer(interfaceName, "-a", buffer, (text, target) =>
                Put(target, text.Number("Autonegotiate", yes: "on"), text.Number("RX", yes: "on"), text.Number("TX", yes: "on"))),
            EthtoolCommands.ETHTOOL_GCOALESCE => Answer(interfaceName, "-c", buffer, Coalesce),
            EthtoolCommands.ETHTOOL_GFEATURES => Answer(interfaceName, "-k", buffer, Features),
            EthtoolCommands.ETHTOOL_GPFLAGS => Answer(interfaceName, "--show-priv-flags", buffer, (text, target) =>
                Put(target, Bits(text.Fields.Select(field => field.Value == "on")))),
            EthtoolCommands.ETHTOOL_GSTATS => Answer(interfaceName, "-S", buffer, Statistics),
            EthtoolCommands.ETHTOOL_GSSET_INFO => StringCount(interfaceName, buffer),
            EthtoolCommands.ETHTOOL_GSTRINGS => StringNames(interfaceName, buffer),
            EthtoolCommands.ETHTOOL_GRXRINGS => Answer(interfaceName, "-x", buffer, (text, target) => PutLong(target, 8, text.RingCount)),
            EthtoolCommands.ETHTOOL_GRSSH => Answer(interfaceName, "-x", buffer, Rss),
            _ => EthtoolCommands.Changes(command) ? Errno.EROFS : Errno.ENODATA,
        };
    }

    private delegate void Writer(SosText text, Span<byte> target);

    private Errno Answer(string interfaceName, string option, Span<byte> buffer, Writer write)
    {
        (SosText? text, Errno errno) = Read(interfaceName, option);
        if (text is null)
        {
            return errno;
        }

        write(text, buffer);
        return Errno.None;
    }

    private (SosText? Text, Errno Errno) Read(string interfaceName, string option)
    {
        string? text = files.ReadText($"{Folder}/ethtool_{(option.Length > 0 ? option + "_" : "")}{interfaceName}");
        return text is null ? (null, Errno.ENODATA) : SosText.Refusal(text) is Errno errno ? (null, errno) : (new SosText(text), Errno.None);
    }

    // In kernels as here, a set that a driver lacks has no strings.
    private string[] Strings(string interfaceName, uint set)
    {
        string option = set switch { ETH_SS_STATS => "-S", ETH_SS_PRIV_FLAGS => "--show-priv-flags", ETH_SS_FEATURES => "-k", _ => "" };
        return set == ETH_SS_RSS_HASH_FUNCS ? HashFunctions
            : option.Length == 0 || Read(interfaceName, option).Text is not SosText text ? []
            : set == ETH_SS_FEATURES ? [.. SosFeature.Of(text).Select(feature => feature.Name)]
            : [.. text.Fields.Select(field => field.Name)];
    }

    // struct ethtool_sset_info: cmd, reserved, sset_mask of 64 bits, then a count for each bit.
    private Errno StringCount(string interfaceName, Span<byte> buffer)
    {
        ulong mask = MemoryMarshal.Read<ulong>(buffer[8..]);
        ulong known = 0;
        int at = 16;
        for (int set = 0; set < 64; set++)
        {
            int count = (mask & (1UL << set)) != 0 ? Strings(interfaceName, (uint)set).Length : 0;
            if (count > 0 && at + 4 <= buffer.Length)
            {
                known |= 1UL << set;
                MemoryMarshal.Write(buffer[at..], count);
                at += 4;
            }
        }

        MemoryMarshal.Write(buffer[8..], known);
        return Errno.None;
    }

    // struct ethtool_gstrings: cmd, string_set, len, then strings of 32 bytes.
    private Errno StringNames(string interfaceName, Span<byte> buffer)
    {
        string[] names = Strings(interfaceName, MemoryMarshal.Read<uint>(buffer[4..]));
        if (names.Length == 0)
        {
            return Errno.EOPNOTSUPP;
        }

        MemoryMarshal.Write(buffer[8..], names.Length);
        for (int i = 0; i < names.Length && 12 + ((i + 1) * StringLength) <= buffer.Length; i++)
        {
            PutText(buffer.Slice(12 + (i * StringLength), StringLength), names[i]);
        }

        return Errno.None;
    }

    // struct ethtool_drvinfo.
    private static void DriverInfo(SosText text, Span<byte> target)
    {
        Span<byte> info = stackalloc byte[DriverInfoLength];
        info.Clear();
        target[..4].CopyTo(info);
        PutText(info.Slice(4, StringLength), text.Value("driver") ?? "");
        PutText(info.Slice(36, StringLength), text.Value("version") ?? "");
        PutText(info.Slice(68, StringLength), text.Value("firmware-version") ?? "");
        PutText(info.Slice(100, StringLength), text.Value("bus-info") ?? "");
        PutText(info.Slice(132, StringLength), text.Value("expansion-rom-version") ?? "");
        info[..Math.Min(info.Length, target.Length)].CopyTo(target);
    }

    // struct ethtool_ringparam: first the maximums, then what is in force; ethtool prints both under the same names.
    private static void Rings(SosText text, Span<byte> target) => Put(
        target,
        text.Number("RX"), text.Number("RX Mini"), text.Number("RX Jumbo"), text.Number("TX"),
        text.Number("RX", 1), text.Number("RX Mini", 1), text.Number("RX Jumbo", 1), text.Number("TX", 1));

    // struct ethtool_channels.
    private static void Channels(SosText text, Span<byte> target) => Put(
        target,
        text.Number("RX"), text.Number("TX"), text.Number("Other"), text.Number("Combined"),
        text.Number("RX", 1), text.Number("TX", 1), text.Number("Other", 1), text.Number("Combined", 1));

    // struct ethtool_coalesce.
    private static void Coalesce(SosText text, Span<byte> target) => Put(
        target,
        text.Number("rx-usecs"), text.Number("rx-frames"), text.Number("rx-usecs-irq"), text.Number("rx-frames-irq"),
        text.Number("tx-usecs"), text.Number("tx-frames"), text.Number("tx-usecs-irq"), text.Number("tx-frames-irq"),
        text.Number("stats-block-usecs"), text.Adaptive("RX"), text.Adaptive("TX"), text.Number("pkt-rate-low"),
        text.Number("rx-usecs-low"), text.Number("rx-frames-low", alias: "rx-frame-low"), text.Number("tx-usecs-low"), text.Number("tx-frames-low", alias: "tx-frame-low"),
        text.Number("pkt-rate-high"), text.Number("rx-usecs-high"), text.Number("rx-frames-high", alias: "rx-frame-high"),
        text.Number("tx-usecs-high"), text.Number("tx-frames-high", alias: "tx-frame-high"), text.Number("sample-interval"));

    // struct ethtool_gfeatures: cmd, size, then blocks of available, requested, active, never_changed.
    private static void Features(SosText text, Span<byte> target)
    {
        SosFeature[] features = SosFeature.Of(text);
        int blocks = Math.Min((features.Length + 31) / 32, (target.Length - 8) / 16);
        MemoryMarshal.Write(target[4..], blocks);
        for (int block = 0; block < blocks; block++)
        {
            SosFeature[] some = [.. features.Skip(block * 32).Take(32)];
            Put(target[(8 + (block * 16) - 4)..], Bits(some.Select(feature => !feature.IsFixed)), Bits(some.Select(feature => feature.IsRequested)), Bits(some.Select(feature => feature.IsOn)), 0);
        }
    }

    // struct ethtool_stats: cmd, n_stats, then numbers of 64 bits.
    private static void Statistics(SosText text, Span<byte> target)
    {
        MemoryMarshal.Write(target[4..], text.Fields.Length);
        for (int i = 0; i < text.Fields.Length; i++)
        {
            PutLong(target, 8 + (i * 8), ulong.TryParse(text.Fields[i].Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count) ? count : 0);
        }
    }

    // struct ethtool_rxfh: cmd, rss_context, indir_size, key_size, hfunc of 8 bits …, at 24 the table, then the key; sizes of 0 ask for sizes.
    private static void Rss(SosText text, Span<byte> target)
    {
        const int Table = 24;
        (uint[] table, byte[] key) = (text.Table, text.Key);
        (uint tableSize, uint keySize) = (MemoryMarshal.Read<uint>(target[8..]), MemoryMarshal.Read<uint>(target[12..]));
        MemoryMarshal.Write(target[8..], table.Length);
        MemoryMarshal.Write(target[12..], key.Length);
        target[16] = (byte)Bits(HashFunctions.Select(name => text.Value(name) == "on"));
        if (tableSize == table.Length && target.Length >= Table + (table.Length * 4))
        {
            MemoryMarshal.AsBytes(table.AsSpan()).CopyTo(target[Table..]);
        }

        int keyAt = Table + (table.Length * 4);
        if (keySize == key.Length && target.Length >= keyAt + key.Length)
        {
            key.CopyTo(target[keyAt..]);
        }
    }

    // Numbers of 32 bits behind the command.
    private static void Put(Span<byte> target, params ReadOnlySpan<uint> numbers)
    {
        for (int i = 0; i < numbers.Length && 8 + (i * 4) <= target.Length; i++)
        {
            MemoryMarshal.Write(target[(4 + (i * 4))..], numbers[i]);
        }
    }

    private static void PutLong(Span<byte> target, int at, ulong number)
    {
        if (at + 8 <= target.Length)
        {
            MemoryMarshal.Write(target[at..], number);
        }
    }

    // The last byte stays zero: strings of the kernel end.
    private static void PutText(Span<byte> target, string text)
    {
        target.Clear();
        _ = Encoding.UTF8.TryGetBytes(text.AsSpan(0, Math.Min(text.Length, target.Length - 1)), target[..^1], out _);
    }

    private static uint Bits(IEnumerable<bool> values)
    {
        uint bits = 0;
        int at = 0;
        foreach (bool value in values.Take(32))
        {
            bits |= value ? 1u << at : 0;
            at++;
        }

        return bits;
    }
}
