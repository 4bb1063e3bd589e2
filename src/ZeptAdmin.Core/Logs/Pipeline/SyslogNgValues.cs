using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>Which values may stand in a file of syslog-ng: nothing that its lexer, its templates or its preprocessor could take for something else than a value.</summary>
/// <remarks>
/// What is allowed is listed, not what is forbidden. In a string of syslog-ng a quote or a newline ends it, a backslash escapes, <c>`NAME`</c> is replaced
/// by the environment even inside quotes (lib/cfg-lexer-subst.c), <c>$</c> begins a macro or a function of a template, and a line that begins with
/// <c>@include</c> or <c>@define</c> is the preprocessor's.
/// </remarks>
internal static class SyslogNgValues
{
    /// <summary>Least bytes that syslog-ng takes as a disk buffer (MIN_DISK_BUF_SIZE of modules/diskq/diskq-options.h).</summary>
    public const long LeastDiskBuffer = 1 << 20;

    /// <summary>What is wrong with a wish; null when nothing is.</summary>
    public static Refusal? Check(SyslogNgWish wish) =>
        !IsName(wish.Name) ? Refuse(wish.Name, "A name has letters, digits and '_', 40 at most, and begins with a letter.")
        : wish.Sources.Length == 0 ? Refuse("logs", "None is named, and none was found where Zeek and Suricata usually write.")
        : Array.Find(wish.Sources, source => !IsSource(source)) is string source ? Refuse(source, "A log is an absolute path of letters, digits and . _ - / + : , = @ ~; * and ? stand in its last part alone.")
        : Array.Find([wish.BufferFolder, wish.AuthorityFile, wish.CertificateFile, wish.KeyFile], path => path is not null && !IsPath(path)) is string path ? Refuse(path, "A path is absolute and has letters, digits and . _ - / + : , = @ ~ alone.")
        : wish.CertificateFile is null != wish.KeyFile is null ? Refuse(wish.CertificateFile ?? wish.KeyFile!, "A certificate and its key come together.")
        : wish.EventsPerSecond is < 1 or > 10_000_000 || wish.EventBytes is < 1 or > (1 << 20) ? Refuse("events", "There are 1 to 10,000,000 events a second of 1 byte to 1 MiB.")
        : wish.DiskBufferBytes is < LeastDiskBuffer ? Refuse(wish.BufferFolder, $"A disk buffer has {LeastDiskBuffer} bytes or more, not {wish.DiskBufferBytes}.")
        : !IsVersion(wish.Version) ? Refuse(wish.Version, "A version is written as 3.38.")
        : CheckDestination(wish);

    private static Refusal? CheckDestination(SyslogNgWish wish) => wish.Kind switch
    {
        LogDestinationKind.Http => !IsUrl(wish.Url) ? Refuse(wish.Url, "It is no URL with http or https and the signs of a URL, without quotes, spaces, $ and backquotes.")
            : Array.Find(wish.Headers, header => !IsHeader(header)) is string header ? Refuse(header[..Math.Max(0, header.IndexOf(':', StringComparison.Ordinal))], "A header is NAME: VALUE in ASCII; quotes, backslashes, backquotes and $ are not taken.")
            : null,
        LogDestinationKind.TlsSyslog => !IsHost(wish.Host) ? Refuse(wish.Host, "A host is a name or an address.")
            : wish.Port is < 1 or > 65535 ? Refuse(wish.Host, $"There is no port {wish.Port}.")
            : null,
        LogDestinationKind.Kafka => wish.Brokers.Length == 0 || !Array.TrueForAll(wish.Brokers, IsBroker) ? Refuse(string.Join(',', wish.Brokers), "Brokers are written HOST:PORT.")
            : !IsTopic(wish.Topic) ? Refuse(wish.Topic, "A topic has letters, digits, '.', '_' and '-', 249 at most.")
            : null,
        _ => Refuse($"{wish.Kind}", "There is no such destination."),
    };

    /// <summary>True for a pattern of names rather than one file.</summary>
    public static bool IsPattern(string source) => source.IndexOfAny(['*', '?']) >= 0;

    private static bool IsName(string text) => text.Length is > 0 and <= 40 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsSource(string source)
    {
        int name = source.LastIndexOf('/') + 1;
        return name > 0 && name < source.Length && IsPath(source[..name]) && IsPath("/" + source[name..].Replace('*', 'x').Replace('?', 'x'));
    }

    private static bool IsPath(string path) => path is ['/', ..] and { Length: < 4096 } && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '+' or ':' or ',' or '=' or '@' or '~');

    private static bool IsUrl(string text) => text.Length < 2000 && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or ':' or '/' or '?' or '#' or '[' or ']' or '@' or '!' or '&' or '(' or ')' or '*' or '+' or ',' or ';' or '=' or '%');

    private static bool IsHeader(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.Length < 4000 && text[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            && text.All(c => c is >= ' ' and <= '~' and not ('"' or '\\' or '`' or '$' or '\''));
    }

    private static bool IsHost(string host) => host.Length is > 0 and < 256 && char.IsAsciiLetterOrDigit(host[0]) | host[0] == ':' && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':');

    private static bool IsBroker(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && IsHost(text[..colon].Trim('[', ']')) && ushort.TryParse(text[(colon + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ushort port) && port > 0;
    }

    private static bool IsTopic(string text) => text.Length is > 0 and < 250 && text is not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsVersion(string text) => text.Split('.') is [string major, string minor] && major.Length is 1 or 2 && minor.Length is 1 or 2 && (major + minor).All(char.IsAsciiDigit);

    private static Refusal Refuse(string target, string detail) => new(Errno.EINVAL, "write syslog-ng's configuration", target) { Detail = detail };
}
