using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Takes out of a recording what is nobody else's business, before it is written.</summary>
/// <remarks>
/// MAC and IP addresses, serial numbers, asset tags and UUIDs are replaced, the same one by the same stand-in; passwords and keys of
/// the command line, processes other than irqbalance, Suricata and those that capture packets, routes other than the default one are left out; so is the host name, unless it is wanted.
/// RSS keys stay: without the key nobody can tell which queue a flow goes to, and it protects nothing.
/// </remarks>
/// <param name="hostName">Host name to take out of texts; null when it may stay.</param>
internal sealed partial class SnapshotSecrets(string? hostName)
{
    private const uint ETHTOOL_GREGS = 0x04;
    private const uint ETHTOOL_GWOL = 0x05;
    private const uint ETHTOOL_GEEPROM = 0x0b;
    private const uint ETHTOOL_GET_DUMP_DATA = 0x40;
    private const uint ETHTOOL_GMODULEEEPROM = 0x43;
    private const int PermanentAddressOffset = 8;

    /// <summary>What is replaced or left out, as the manifest names it.</summary>
    public static readonly string[] Kinds = ["assetTags", "hostName", "ipAddresses", "macAddresses", "secretArguments", "serialNumbers", "uuids"];

    private static readonly string NoMachineId = new('0', 32);

    private static readonly char[] CommentMarks = ['#', ';'];

    private readonly Pseudonyms _pseudonyms = new();

    /// <summary>What is written of files that their readers alone know: by path, what of the text.</summary>
    public IReadOnlyDictionary<string, Func<string, string>> Masks { get; init; } = new Dictionary<string, Func<string, string>>();

    /// <summary>The path to write a file under.</summary>
    public string Path(string path) => _pseudonyms.Macs(path.Contains("/loader/entries/", StringComparison.Ordinal) ? MachineId().Replace(path, NoMachineId) : path);

    /// <summary>The target to write of a link.</summary>
    public string Link(string target) => _pseudonyms.Macs(target);

    /// <summary>True for what is not written at all: of other processes, and of what is secret as a whole.</summary>
    /// <param name="path">Where it was seen.</param>
    /// <param name="processes">Ids of the processes that are kept.</param>
    public static bool IsLeftOut(string path, IReadOnlySet<string> processes)
    {
        string[] parts = path.Split('/');
        return (parts.Length > 2 && parts[1] == "proc" && parts[2].Length > 0 && parts[2].All(char.IsAsciiDigit) && !processes.Contains(parts[2]))
            || parts[^1] is "vpd" or "hostname" or "domainname" or "machine-id" or "boot_id" or "uevent_seqnum" or "new_id";
    }

    /// <summary>The content to write of a file.</summary>
    public byte[] File(string path, ReadOnlySpan<byte> content)
    {
        if (path.StartsWith("/sys/firmware/dmi/", StringComparison.Ordinal))
        {
            byte[] table = content.ToArray();
            if (path.EndsWith("/DMI", StringComparison.Ordinal) || path.EndsWith("/raw", StringComparison.Ordinal))
            {
                SmbiosSecrets.Replace(table, _pseudonyms);
            }

            return table;
        }

        if (!System.Text.Unicode.Utf8.IsValid(content))
        {
            // Its readers refuse it: what is in it nobody looked at.
            return Masks.ContainsKey(path) ? [0xff] : content.ToArray();
        }

        string text = Encoding.UTF8.GetString(content);
        return Encoding.UTF8.GetBytes(_pseudonyms.Macs(Text(path, text)));
    }

    /// <summary>The answer to write of a driver; null when it is left out.</summary>
    public EthtoolAnswer? Ethtool(EthtoolAnswer answer)
    {
        if (answer.Command is ETHTOOL_GREGS or ETHTOOL_GWOL or ETHTOOL_GEEPROM or ETHTOOL_GET_DUMP_DATA or ETHTOOL_GMODULEEEPROM)
        {
            return null;
        }

        byte[] bytes = [.. answer.Answer];
        switch (answer.Command)
        {
            case EthtoolCommands.ETHTOOL_GPERMADDR when answer.Errno == Errno.None:
                uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4));
                _pseudonyms.Mac(bytes.AsSpan(PermanentAddressOffset, (int)Math.Min(size, bytes.Length - PermanentAddressOffset)));
                break;
            case EthtoolCommands.ETHTOOL_GRXCLSRULE when answer.Errno == Errno.None:
                FlowRuleSecrets.Replace(bytes, _pseudonyms);
                break;
            default:
                break;
        }

        return answer with { InterfaceName = _pseudonyms.Macs(answer.InterfaceName), Answer = bytes };
    }

    private string Text(string path, string text)
    {
        if (hostName is { Length: > 2 } && (path.StartsWith("/etc/", StringComparison.Ordinal) || path is "/proc/version" or "/proc/cmdline"))
        {
            text = Regex.Replace(text, $@"(?<![\w-]){Regex.Escape(hostName)}(?![\w-])", "sensor");
        }

        if (Masks.GetValueOrDefault(path) is Func<string, string> mask)
        {
            return _pseudonyms.AddressesAndUuids(mask(text));
        }

        string name = path[(path.LastIndexOf('/') + 1)..];
        return name switch
        {
            "cpuinfo" => SerialLine().Replace(text, ""),
            "cmdline" or "ifalias" => SecretArgument().Replace(_pseudonyms.AddressesAndUuids(text), "$1=left-out"),
            "route" => Lines(text, (line, number) => number == 0 || DefaultRoute(line, 1, "00000000") ? Field(line, '\t', 2, "00000000") : null),
            "ipv6_route" => Lines(text, (line, _) => DefaultRoute(line, 0, new string('0', 32)) ? Field(line, ' ', 4, new string('0', 32)) : null),
            "environ" => string.Concat(text.Split('\0').Where(variable => variable.StartsWith("IRQBALANCE", StringComparison.Ordinal)).Select(variable => variable + "\0")),
            "grub" => CommandLines(text, "GRUB_CMDLINE"),
            "grub.cfg" => CommandLines(text, "linux"),
            "grubenv" => Lines(text, (line, _) => line.StartsWith("saved_entry=", StringComparison.Ordinal) ? MachineId().Replace(line, NoMachineId) : null),
            _ when path.Contains("/loader/entries/", StringComparison.Ordinal) => CommandLines(text, "options"),
            _ when path.StartsWith("/etc/default/grub.d/", StringComparison.Ordinal) => CommandLines(text, "GRUB_CMDLINE"),
            _ when path.StartsWith("/etc/kernel/cmdline.d/", StringComparison.Ordinal) => SecretArgument().Replace(_pseudonyms.AddressesAndUuids(text), "$1=left-out"),
            "node.cfg" or "zeek.conf" => ZeekConfig(text),
            "local.zeek" => Blanked(text, line => line.TrimStart().StartsWith("@load", StringComparison.Ordinal)),
            "irqbalance" or "irqbalance.env" => _pseudonyms.AddressesAndUuids(text),
            "serial" or "serial_number" or "product_serial" or "board_serial" or "chassis_serial" or "chassis_asset_tag" or "board_asset_tag"
                or "unique_id" or "wwid" or "phys_port_id" or "phys_switch_id" or "node_guid" or "sys_image_guid" => SerialOf(text),
            "product_uuid" => _pseudonyms.AddressesAndUuids(text),
            _ => text,
        };
    }

    // Lines of a boot file that give the kernel its arguments; passwords of menus are on others.
    private string CommandLines(string text, string start) =>
        Lines(text, (line, _) => line.TrimStart().StartsWith(start, StringComparison.Ordinal) ? SecretArgument().Replace(_pseudonyms.AddressesAndUuids(line), "$1=left-out") : null);

    // Environment and arguments of programs may hold anything; of the latter only what captures packets stays. Lines keep their numbers.
    private string ZeekConfig(string text) => string.Join('\n', _pseudonyms.AddressesAndUuids(text).Split('\n').Select(line =>
        line.TrimStart() is ['#' or ';', ..] ? line[..line.IndexOfAny(CommentMarks)] + "#"
        : ZeekSecret().Match(line) is { Success: true } secret ? secret.Groups[1].Value + CaptureArguments(line[secret.Length..])
        : ZeekHost().Replace(line, match => match.Groups[1].Value + HostOf(match.Groups[2].Value))));

    private static string CaptureArguments(string text) =>
        string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith("AF_Packet::", StringComparison.Ordinal)));

    private string HostOf(string host) => host is "localhost" or "sensor" || IPAddress.TryParse(host, out _) ? host : _pseudonyms.Serial(host);

    private static string Blanked(string text, Func<string, bool> isKept) => string.Join('\n', text.Split('\n').Select(line => isKept(line) ? line : ""));

    private string SerialOf(string text) => text.EndsWith('\n') ? _pseudonyms.Serial(text[..^1]) + "\n" : _pseudonyms.Serial(text);

    private static string Lines(string text, Func<string, int, string?> change) =>
        string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(change).Where(line => line is not null).Select(line => line + "\n"));

    private static bool DefaultRoute(string line, int field, string destination)
    {
        string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > field && fields[field] == destination;
    }

    // The header of the table has letters where the lines have a gateway; it stays as it is.
    private static string Field(string line, char separator, int field, string value)
    {
        string[] fields = line.Split(separator);
        if (fields.Length > field && fields[field].Length == value.Length && fields[field].All(char.IsAsciiHexDigit))
        {
            fields[field] = value;
        }

        return string.Join(separator, fields);
    }

    [GeneratedRegex(@"^Serial\s*:.*\n?", RegexOptions.Multiline)]
    private static partial Regex SerialLine();

    [GeneratedRegex(@"^(\s*(?:[a-z_]*env(?:_vars)?|[a-z_]*args|aux_scripts|ext_path|ext_zeek_path)\s*[=:]\s*)", RegexOptions.IgnoreCase)]
    private static partial Regex ZeekSecret();

    [GeneratedRegex(@"^(\s*(?:host|cluster_address|address|metrics_address)\s*[=:]\s*)(\S+)", RegexOptions.IgnoreCase)]
    private static partial Regex ZeekHost();

    [GeneratedRegex("[0-9a-f]{32}(?=-)")]
    private static partial Regex MachineId();

    [GeneratedRegex(@"([\w.\-]*(?:passw|secret|token|initiator|machine_id|luks|hostname|user|credential|netroot)[\w.\-]*)=[^\s""']+", RegexOptions.IgnoreCase)]
    private static partial Regex SecretArgument();
}
