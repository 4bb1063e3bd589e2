using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Sensors;

/// <summary>Stands in for addresses and serial numbers: the same original has the same stand-in, numbered as they come up.</summary>
internal sealed partial class Pseudonyms
{
    private const int MacLength = 6;

    // What firmware writes where nobody filled in a number; kept, since readers tell empty slots by it.
    private static readonly string[] Placeholders =
        ["", "none", "not specified", "not available", "not present", "no dimm", "unknown", "empty", "default string", "system serial number", "to be filled by o.e.m.", "n/a", "na"];

    private readonly Dictionary<string, string> _macs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _uuids = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _serials = new(StringComparer.Ordinal);

    /// <summary>Replaces MAC addresses in text, also those in names of interfaces (enx001122334455).</summary>
    public string Macs(string text)
    {
        if (text.Contains(':'))
        {
            text = MacPattern().Replace(text, match => MacText(match.Value));
        }

        return text.Contains('x') ? NamePattern().Replace(text, match => match.Groups[1].Value + MacText(match.Groups[2].Value)) : text;
    }

    /// <summary>Replaces a MAC address in an answer of the kernel; zeros, broadcast and groups are nobody's and stay.</summary>
    public void Mac(Span<byte> address)
    {
        if (address.Length >= MacLength && address[..MacLength].ContainsAnyExcept((byte)0) && (address[0] & 1) == 0)
        {
            Convert.FromHexString(MacHex(Convert.ToHexStringLower(address[..MacLength]))).CopyTo(address);
            address[MacLength..].Clear();
        }
    }

    /// <summary>Replaces IP addresses and UUIDs in text; for text in which four numbers with dots are an address, not a version.</summary>
    public string AddressesAndUuids(string text)
    {
        text = UuidPattern().Replace(text, match => Uuid(match.Value));
        text = FourPattern().Replace(text, match => Address(match.Value));
        return SixPattern().Replace(text, match => Address(match.Value));
    }

    /// <summary>Replaces an IPv4 or IPv6 address in an answer of the kernel; zeros mean "any" and stay.</summary>
    public void Address(Span<byte> address)
    {
        if (address.ContainsAnyExcept((byte)0))
        {
            IPAddress replaced = IPAddress.Parse(Address(new IPAddress(address).ToString()));
            _ = replaced.TryWriteBytes(address, out _);
        }
    }

    /// <summary>A stand-in of the same length for a serial number or asset tag; placeholders stay.</summary>
    public string Serial(string serial)
    {
        string bare = serial.Trim();
        if (Array.IndexOf(Placeholders, bare.ToLowerInvariant()) >= 0 || bare.All(letter => letter is '0' or 'F' or 'f' or '.' or '-' or ' '))
        {
            return serial;
        }

        if (!_serials.TryGetValue(bare, out int number))
        {
            number = _serials.Count + 1;
            _serials.Add(bare, number);
        }

        string digits = number.ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(0, serial.Length - 1), '0');
        return ("S" + digits)[^serial.Length..];
    }

    /// <summary>A stand-in for a UUID.</summary>
    public string Uuid(string uuid)
    {
        if (!_uuids.TryGetValue(uuid, out string? replaced))
        {
            replaced = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{_uuids.Count + 1:x12}");
            _uuids.Add(uuid, replaced);
        }

        return replaced;
    }

    private string MacText(string text)
    {
        string hex = text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (hex.All(digit => digit == '0') || (Convert.ToByte(hex[..2], 16) & 1) != 0)
        {
            return text;
        }

        string replaced = MacHex(hex);
        return text.Contains(':') ? string.Join(':', replaced.Chunk(2).Select(pair => new string(pair))) : replaced;
    }

    // A locally administered address: nobody's card has it.
    private string MacHex(string hex)
    {
        if (!_macs.TryGetValue(hex, out string? replaced))
        {
            replaced = string.Create(CultureInfo.InvariantCulture, $"0200{_macs.Count + 1:x8}");
            _macs.Add(hex, replaced);
        }

        return replaced;
    }

    private string Address(string text)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address) || IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            || text.StartsWith("255.", StringComparison.Ordinal))
        {
            return text;
        }

        string key = address.ToString();
        if (!_addresses.TryGetValue(key, out string? replaced))
        {
            int number = _addresses.Count + 1;

            // 198.18.0.0/15 (RFC 2544) and 2001:db8::/32 (RFC 3849) are nobody's.
            replaced = address.AddressFamily == AddressFamily.InterNetwork
                ? string.Create(CultureInfo.InvariantCulture, $"198.{18 + (number >> 16 & 1)}.{number >> 8 & 255}.{number & 255}")
                : string.Create(CultureInfo.InvariantCulture, $"2001:db8::{number:x}");
            _addresses.Add(key, replaced);
        }

        return replaced;
    }

    [GeneratedRegex(@"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")]
    private static partial Regex MacPattern();

    [GeneratedRegex(@"\b((?:en|wl|ww)x)([0-9a-f]{12})\b")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\b[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\b")]
    private static partial Regex UuidPattern();

    [GeneratedRegex(@"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])")]
    private static partial Regex FourPattern();

    [GeneratedRegex(@"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:.])")]
    private static partial Regex SixPattern();
}
