using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>Makes files that have syslog-ng send the events of Zeek and Suricata to a receiver, and none lost.</summary>
/// <remarks>Options as syslog-ng 3.38 has them; 4.x takes them too.</remarks>
public static class SyslogNgConfigs
{
    /// <summary>Bytes that syslog-ng adds to an event in its disk buffer: 269 seen with 3.38.1, and the name of the log.</summary>
    public const int RecordBytes = 280;

    // An event of eve.json with a file's strings in it is longer than syslog-ng's 64 KiB, behind which it would cut.
    private const int MostEventBytes = 1 << 20;

    // Logs of one folder that are read at once; each has its own window of log-iw-size / max-files events.
    private const int MostFiles = 200;

    private const int EventsPerRequest = 1000;
    private const int MilliParts = 1000;
    private const int SecondsPerRequest = 30;
    private const int MemoryBytes = 16 << 20;

    private static readonly string[] ZeekFolders = ["/opt/zeek/logs/current", "/usr/local/zeek/logs/current", "/nsm/zeek/logs/current", "/var/log/zeek/current"];

    private static readonly string[] EveFiles = ["/var/log/suricata/eve.json", "/nsm/suricata/eve.json"];

    /// <summary>Logs that Zeek and Suricata write on a machine, where they are usually found; empty when they are nowhere there.</summary>
    public static string[] FindSources(FileTree tree) =>
    [
        .. ZeekFolders.Where(tree.IsFolder).Take(1).Select(folder => $"{folder}/*.log"),
        .. EveFiles.Where(tree.Exists).Take(1),
    ];

    /// <summary>Makes the file of a wish; a value that syslog-ng could take for something else than a value is refused.</summary>
    public static Answer<SyslogNgConfig> Make(SyslogNgWish wish) => SyslogNgValues.Check(wish) is Refusal refusal ? refusal : new SyslogNgConfig
    {
        Kind = wish.Kind,
        Address = AddressOf(wish),
        Destination = Destination(wish),
        Sources = wish.Sources,
        DiskBufferBytes = wish.DiskBufferBytes,
        BufferFolder = wish.BufferFolder,
        HoldsFor = TimeSpan.FromSeconds(Math.Floor(wish.DiskBufferBytes / ((double)wish.EventsPerSecond * (wish.EventBytes + RecordBytes)))),
        IsFragment = wish.IsFragment,
        Text = Write(wish),
        Notes = [.. Notes(wish)],
    };

    private static string Destination(SyslogNgWish wish) => $"d_{wish.Name}";

    private static string AddressOf(SyslogNgWish wish) => wish.Kind switch
    {
        LogDestinationKind.Http => wish.Url,
        LogDestinationKind.TlsSyslog => string.Create(CultureInfo.InvariantCulture, $"{wish.Host}:{wish.Port}"),
        _ => $"{wish.Topic} at {string.Join(',', wish.Brokers)}",
    };

    private static string Write(SyslogNgWish wish)
    {
        StringBuilder text = new();
        if (!wish.IsFragment)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"@version: {wish.Version}\n");
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"# Events of Zeek and Suricata to {AddressOf(wish)}, made by New-SyslogNgConfig\n");
        for (int i = 0; i < wish.Sources.Length; i++)
        {
            Source(text, wish, i);
        }

        // Zeek's folder has logs of text too, and lines that begin with #.
        _ = text.Append(CultureInfo.InvariantCulture, $$"""

            filter f_{{wish.Name}} {
              match("{" value("MESSAGE") type("string") flags("prefix"));
            };

            destination {{Destination(wish)}} {

            """);
        _ = text.Append(wish.Kind switch
        {
            LogDestinationKind.Http => Http(wish),
            LogDestinationKind.TlsSyslog => Tls(wish),
            _ => Kafka(wish),
        });
        _ = text.Append(CultureInfo.InvariantCulture, $$"""
                disk-buffer(
                  reliable(yes)
                  mem-buf-size({{MemoryBytes}})
                  disk-buf-size({{wish.DiskBufferBytes}})
                  dir("{{wish.BufferFolder}}")
                )
              );
            };

            # flow-control: when the disk buffer is full, events wait in their logs.
            log {

            """);
        for (int i = 0; i < wish.Sources.Length; i++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"  source({SourceName(wish, i)});\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $$"""
              filter(f_{{wish.Name}});
              destination({{Destination(wish)}});
              flags(flow-control);
            };

            """).ToString();
    }

    private static string SourceName(SyslogNgWish wish, int index) => string.Create(CultureInfo.InvariantCulture, $"s_{wish.Name}_{index + 1}");

    private static void Source(StringBuilder text, SyslogNgWish wish, int index)
    {
        string source = wish.Sources[index];
        int name = source.LastIndexOf('/') + 1;
        bool isPattern = SyslogNgValues.IsPattern(source);
        // The window of a log holds what a second brings, whichever log has it all.
        int window = Math.Max(wish.EventsPerSecond, EventsPerRequest);
        _ = text.Append(CultureInfo.InvariantCulture, $"\nsource {SourceName(wish, index)} {{\n");
        _ = isPattern
            ? text.Append(CultureInfo.InvariantCulture, $$"""
                  wildcard-file(
                    base-dir("{{source[..Math.Max(1, name - 1)]}}")
                    filename-pattern("{{source[name..]}}")
                    recursive(no)
                    max-files({{MostFiles}})
                    log-iw-size({{(long)window * MostFiles}})

                """)
            : text.Append(CultureInfo.InvariantCulture, $$"""
                  file(
                    "{{source}}"
                    log-iw-size({{window}})

                """);
        _ = text.Append(CultureInfo.InvariantCulture, $$"""
                follow-freq(1)
                log-fetch-limit({{EventsPerRequest}})
                log-msg-size({{MostEventBytes}})
                program-override("{{(source[name..].Contains("eve", StringComparison.Ordinal) ? "suricata" : "zeek")}}")
                flags(no-parse)
              );
            };

            """);
    }

    private static string Http(SyslogNgWish wish) => string.Create(CultureInfo.InvariantCulture, $$"""
          http(
            url("{{wish.Url}}")
            method("POST")
            headers({{string.Join(", ", wish.Headers.Prepend("Content-Type: application/x-ndjson").Select(Quote))}})
            body("${MSG}")
            delimiter("\n")
            body-suffix("\n")
            batch-lines({{EventsPerRequest}})
            batch-timeout({{MilliParts}})
            timeout({{SecondsPerRequest}})
            retries(1000000)
            time-reopen(1)
            # What syslog-ng would throw away by itself is kept and sent again.
            response-action(410 => disconnect 416 => disconnect 422 => disconnect 424 => disconnect 425 => disconnect 451 => disconnect 508 => disconnect)
            persist-name("{{Destination(wish)}}")

        """) + (wish.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? TlsBlock(wish, "peer-verify(yes)") : "");

    private static string Tls(SyslogNgWish wish) => string.Create(CultureInfo.InvariantCulture, $$"""
          syslog(
            "{{wish.Host}}"
            port({{wish.Port}})
            transport("tls")
            time-reopen(1)
            persist-name("{{Destination(wish)}}")

        """) + TlsBlock(wish, "peer-verify(required-trusted)");

    private static string Kafka(SyslogNgWish wish)
    {
        (string Key, string? Value)[] settings =
        [
            ("compression.codec", "lz4"),
            ("security.protocol", wish.IsTls ? "ssl" : null),
            ("ssl.ca.location", wish.IsTls ? wish.AuthorityFile : null),
            ("ssl.certificate.location", wish.IsTls ? wish.CertificateFile : null),
            ("ssl.key.location", wish.IsTls ? wish.KeyFile : null),
        ];
        return string.Create(CultureInfo.InvariantCulture, $$"""
              kafka-c(
                bootstrap-servers("{{string.Join(',', wish.Brokers)}}")
                topic("{{wish.Topic}}")
                message("${MSG}")
                config({{string.Join(' ', settings.Where(setting => setting.Value is not null).Select(setting => $"{Quote(setting.Key)} => {Quote(setting.Value!)}"))}})
                # A transaction a batch: an event leaves the disk buffer when the brokers have it.
                sync-send(yes)
                batch-lines({{EventsPerRequest}})
                batch-timeout({{MilliParts}})
                workers(1)
                retries(1000000)
                time-reopen(1)
                persist-name("{{Destination(wish)}}")

            """);
    }

    private static string TlsBlock(SyslogNgWish wish, string verify)
    {
        string authority = wish.AuthorityFile is string file ? $"ca-file({Quote(file)})" : "ca-dir(\"/etc/ssl/certs\")";
        string own = wish.CertificateFile is null ? "" : $" cert-file({Quote(wish.CertificateFile)}) key-file({Quote(wish.KeyFile!)})";
        return $"    tls({verify} {authority}{own})\n";
    }

    // SyslogNgValues let through nothing that would have to be escaped.
    private static string Quote(string text) => $"\"{text}\"";

    private static IEnumerable<string> Notes(SyslogNgWish wish)
    {
        yield return "Lines that are no JSON are not sent: Zeek needs 'redef LogAscii::use_json = T;'.";
        if (wish.Sources.Any(SyslogNgValues.IsPattern))
        {
            yield return "Rotated logs have to leave the folder or the pattern, as zeekctl's do; what is read twice is sent twice.";
        }

        if (wish.Kind == LogDestinationKind.TlsSyslog)
        {
            yield return "Syslog has no acknowledgement: what was on its way when a connection breaks is lost. HTTP and Kafka confirm what they have.";
        }
        else
        {
            yield return "A request whose answer is lost is sent again: the receiver may see events twice, none is left out.";
        }
    }
}
