using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs.Pipeline;

namespace ZeptAdmin.Cmdlets;

/// <summary>New-SyslogNgConfig: makes a file that has syslog-ng send the events of Zeek and Suricata to HTTP, TLS syslog or Kafka, and writes it where -Path says.</summary>
[Cmdlet(VerbsCommon.New, "SyslogNgConfig", DefaultParameterSetName = "Http", SupportsShouldProcess = true)]
[OutputType(typeof(SyslogNgConfig))]
public sealed class NewSyslogNgConfigCommand : ConfigFileCmdlet
{
    /// <summary>Logs to read; * and ? in the last part are a pattern of names. Left out, those of Zeek and Suricata where they usually are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Source { get; set; } = [];

    /// <summary>Receiver by HTTP or HTTPS.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Http")]
    [ValidateNotNullOrEmpty]
    public string Url { get; set; } = "";

    /// <summary>Headers of each request, NAME: VALUE.</summary>
    [Parameter(ParameterSetName = "Http")]
    [ValidateNotNullOrEmpty]
    public string[] Header { get; set; } = [];

    /// <summary>Receiver of syslog over TLS.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "TlsSyslog")]
    [ValidateNotNullOrEmpty]
    public string SyslogHost { get; set; } = "";

    /// <summary>Port of it.</summary>
    [Parameter(ParameterSetName = "TlsSyslog")]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = 6514;

    /// <summary>Brokers of Kafka, HOST:PORT.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Kafka")]
    [ValidateNotNullOrEmpty]
    public string[] Broker { get; set; } = [];

    /// <summary>Topic of Kafka.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Kafka")]
    [ValidateNotNullOrEmpty]
    public string Topic { get; set; } = "";

    /// <summary>Speaks TLS with the brokers.</summary>
    [Parameter(ParameterSetName = "Kafka")]
    public SwitchParameter Tls { get; set; }

    /// <summary>File with the certificates of the authorities that are trusted; left out, those of the system.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AuthorityFile { get; set; }

    /// <summary>File with the sensor's own certificate.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CertificateFile { get; set; }

    /// <summary>File with its key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyFile { get; set; }

    /// <summary>Events a second that it is made for.</summary>
    [Parameter]
    [ValidateRange(1, 10_000_000)]
    public int EventsPerSecond { get; set; } = 10_000;

    /// <summary>Mean bytes of an event, to tell how long the disk buffer holds.</summary>
    [Parameter]
    [ValidateRange(1, 1 << 20)]
    public int EventSize { get; set; } = 600;

    /// <summary>Most bytes of the disk buffer.</summary>
    [Parameter]
    [ValidateRange(1L << 20, 1L << 50)]
    public long DiskBufferSize { get; set; } = 8L << 30;

    /// <summary>Folder of the disk buffer.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string BufferFolder { get; set; } = "/var/lib/syslog-ng";

    /// <summary>Name that is part of the names in the file, so that several can stand side by side.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "zeptadmin";

    /// <summary>Version of the configuration's language.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Version { get; set; } = "3.38";

    /// <summary>Makes a part for /etc/syslog-ng/conf.d, which another file includes.</summary>
    [Parameter]
    public SwitchParameter Fragment { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Answer<SyslogNgConfig> made = SyslogNgConfigs.Make(Wish());
        if (made.Try(out SyslogNgConfig? config) && Snapshot is null)
        {
            made = SyslogNgProgram.Check(config, Version);
        }

        if (!made.Try(out config))
        {
            WriteError(made.Refusal!.ToErrorRecord());
            return;
        }

        Emit(config, new SyslogNgFileSetting(), config.Text);
        Array.ForEach(config.Notes, WriteVerbose);
    }

    private SyslogNgWish Wish() => new()
    {
        Kind = Enum.Parse<LogDestinationKind>(ParameterSetName),
        Name = Name,
        Sources = Source.Length > 0 ? Source : SyslogNgConfigs.FindSources(Machine.Files),
        Url = Url,
        Headers = Header,
        Host = SyslogHost,
        Port = Port,
        Brokers = Broker,
        Topic = Topic,
        IsTls = Tls,
        AuthorityFile = AuthorityFile,
        CertificateFile = CertificateFile,
        KeyFile = KeyFile,
        EventsPerSecond = EventsPerSecond,
        EventBytes = EventSize,
        DiskBufferBytes = DiskBufferSize,
        BufferFolder = BufferFolder,
        Version = Version,
        IsFragment = Fragment,
    };
}
