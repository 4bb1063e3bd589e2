using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Flows;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Cmdlets;

/// <summary>
/// Measure-RssBalance: how receive-side scaling would spread the packets of captures or conn.logs over queues, for a card's setting or for
/// several that are asked about, in one pass.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "RssBalance", DefaultParameterSetName = "Question")]
[OutputType(typeof(RssBalance), typeof(NicFlowRuleSuggestion))]
public sealed class MeasureRssBalanceCommand : SensorCmdlet
{
    private const int MostSettings = 64;
    private const int Step = 1 << 18;
    private const double LeastShare = 0.01;

    // Two addresses of IPv6, two ports, and the 32 bits of the hash itself.
    private const int LongestInput = 40;

    private readonly List<string> _read = [];
    private BalanceMeter? _meter;
    private string? _onlyInterface;

    /// <summary>Captures (pcap, pcapng) or conn.logs (TSV, JSON), also gzip and Zstandard; wildcards are allowed, <c>-</c> is the standard input.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Interfaces whose setting is taken, of this machine or of the snapshot; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Card")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Hash keys to compare (<c>6D:5A:…</c>); the example key of Microsoft's documentation when left out, and -Symmetric too.</summary>
    [Parameter(ParameterSetName = "Question")]
    [RssKeysTransformation]
    [ValidateNotNullOrEmpty]
    public RssKey[] Key { get; set; } = [];

    /// <summary>Adds the symmetric key (6D:5A over and over) to the keys to compare.</summary>
    [Parameter(ParameterSetName = "Question")]
    public SwitchParameter Symmetric { get; set; }

    /// <summary>Fields of TCP, UDP and SCTP to compare, in ethtool's letters: <c>sd</c> addresses, <c>sdfn</c> addresses and ports.</summary>
    [Parameter(ParameterSetName = "Question")]
    [ArgumentCompleter(typeof(FieldLettersCompleter))]
    [ValidateFieldLetters]
    public string[] Fields { get; set; } = ["sdfn"];

    /// <summary>Numbers of queues to compare.</summary>
    [Parameter(ParameterSetName = "Question")]
    [Alias("Queues")]
    [ValidateRange(1, 4096)]
    public int[] Queue { get; set; } = [4];

    /// <summary>Sizes of the indirection table to compare: ixgbe and igb have 128 entries, i40e 512.</summary>
    [Parameter(ParameterSetName = "Question")]
    [ValidateRange(1, 65536)]
    public int[] TableSize { get; set; } = [128];

    /// <summary>Hashes the innermost IP header instead of what a card sees: what a balancer that looks into tunnels would do.</summary>
    [Parameter]
    public SwitchParameter Inner { get; set; }

    /// <summary>How many of the heaviest flows to tell.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int Top { get; set; } = 10;

    /// <summary>Emits rules that would drop flows and ports with 1 % of the packets or more, instead of the balance; they pipe into Add-NicFlowRule.</summary>
    [Parameter]
    public SwitchParameter SuggestFlowRule { get; set; }

    /// <summary>Most threads that count a capture; the results are the same with any. Left out, two, or one where only one CPU is allowed.</summary>
    [Parameter]
    [ValidateRange(1, 8)]
    public int ThrottleLimit { get; set; } = Math.Min(2, Environment.ProcessorCount);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        List<RssBalanceSetting> settings = [.. ParameterSetName == "Card" ? OfCards() : OfQuestion()];
        if (settings.Count is 0 or > MostSettings)
        {
            string problem = settings.Count == 0 ? "No interface has a setting whose queues can be foretold." : $"These are {settings.Count} settings; at most {MostSettings} are compared at a time.";
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException(problem), settings.Count == 0 ? "NoRssSetting" : "TooManySettings", ErrorCategory.InvalidArgument, settings.Count));
        }

        string?[] interfaces = [.. settings.Select(setting => setting.InterfaceName).Distinct()];
        _onlyInterface = interfaces is [string only] ? only : null;
        if (ParameterSetName == "Question" && Snapshot is not null)
        {
            WriteWarning("Without -InterfaceName no card of the snapshot is taken: these are the settings of the command line.");
        }

        foreach (RssKey key in Key.Where(key => key.Length < LongestInput).Distinct())
        {
            WriteWarning($"The key {key} has {key.Length} bytes. The hash of addresses and ports takes 16 bytes of a key for IPv4 and {LongestInput} for IPv6; what is behind its end counts as zeros.");
        }

        if (SuggestFlowRule && Inner)
        {
            WriteWarning("With -Inner the rules name what is inside tunnels, which the receive classifier of a card does not see: they fit a device that looks into tunnels.");
        }

        _meter = new BalanceMeter(settings, Inner);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string pattern in Path)
        {
            foreach (string path in Resolve(pattern))
            {
                ReadOne(path);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_read.Count == 0 || StopToken.IsCancellationRequested)
        {
            return;
        }

        if (SuggestFlowRule)
        {
            WriteObject(_meter!.Suggest(_onlyInterface, Top, LeastShare), enumerateCollection: true);
        }
        else
        {
            WriteObject(_meter!.Finish([.. _read], Top, ThrottleLimit), enumerateCollection: true);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _meter?.Dispose();
        }

        base.Dispose(disposing);
    }

    private List<RssBalanceSetting> OfCards()
    {
        List<RssBalanceSetting> settings = [];
        ForEachInterface(InterfaceName, (name, isWildcard) =>
        {
            Answer<RssBalanceSetting[]> answer = WorkerBalance.SettingsOf(Machine, name);
            if (answer.Try(out RssBalanceSetting[]? found))
            {
                settings.AddRange(found);
            }
            else
            {
                Report(answer.Refusal!, isWildcard);
            }
        });
        return settings;
    }

    private IEnumerable<RssBalanceSetting> OfQuestion()
    {
        List<RssKey> keys = [.. Key, .. Symmetric ? (RssKey[])[RssBalanceSetting.SymmetricKey] : Key.Length == 0 ? [RssBalanceSetting.ExampleKey] : []];
        return from key in keys
               from letters in Fields
               from queues in Queue
               from size in TableSize
               select RssBalanceSetting.Of(key, RssFieldsText.TryParse(letters, out RssFields? fields) ? fields.Value : RssFields.None, queues, size);
    }

    private string[] Resolve(string pattern)
    {
        const string operation = "read the packets";
        string[] found = FilesOf(pattern, operation);
        if (found.Length == 0 && WildcardPattern.ContainsWildcardCharacters(pattern))
        {
            WriteError(new Refusal(Errno.ENOENT, operation, pattern).ToErrorRecord());
        }

        return found;
    }

    private void ReadOne(string path)
    {
        try
        {
            using TrafficSource source = TrafficSource.Open(path, ThrottleLimit, StopToken);
            ProgressRecord progress = new(0, "Measure-RssBalance", path);
            while (!StopToken.IsCancellationRequested && source.AddTo(_meter!, Step))
            {
                progress.PercentComplete = source.Percent ?? -1;
                progress.StatusDescription = $"{path}: {_meter!.Packets} packets";
                WriteProgress(progress);
            }

            if (StopToken.IsCancellationRequested)
            {
                return;
            }

            progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(progress);
            _read.Add(path);
            foreach (string warning in source.Warnings)
            {
                WriteWarning(warning);
            }
        }
        catch (KernelException e)
        {
            WriteError(e.ToErrorRecord());
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }
}
