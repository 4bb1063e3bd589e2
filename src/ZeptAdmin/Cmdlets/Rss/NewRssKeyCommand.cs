using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Cmdlets;

/// <summary>New-RssKey: makes a hash key and tells what it is worth: symmetry, entropy, and how consecutive ports spread.</summary>
/// <remarks>It changes nothing; its output pipes into Set-NicRss.</remarks>
[Cmdlet(VerbsCommon.New, "RssKey", DefaultParameterSetName = "Symmetric")]
[OutputType(typeof(RssKeyReport))]
public sealed class NewRssKeyCommand : SensorCmdlet
{
    private const int LongestOfCards = 52;

    /// <summary>Names of interfaces whose key length the key gets, one key each; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Length in bytes: 40 for most cards, 52 for i40e and ice; left out, that of the interface, else 52.</summary>
    [Parameter]
    [ValidateRange(4, RssKey.Longest)]
    public int? Length { get; set; }

    /// <summary>One pattern of 16 bits over and over, the one that spreads best; what happens without any of the three.</summary>
    [Parameter(ParameterSetName = "Symmetric")]
    public SwitchParameter Symmetric { get; set; }

    /// <summary>The two bytes to repeat: 6D:5A.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pattern")]
    [RssKeyTransformation]
    public RssKey? Pattern { get; set; }

    /// <summary>Random bytes: the most entropy, no symmetry.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Random")]
    public SwitchParameter Random { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Pattern is { Length: not 2 })
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentException($"A pattern has two bytes, as 6D:5A, not {Pattern.Length}."), "PatternIsNotTwoBytes", ErrorCategory.InvalidArgument, Pattern));
        }

        if (InterfaceName.Length == 0)
        {
            WriteObject(RssKeys.Report(Make(Length ?? LongestOfCards)));
        }

        WriteForEachInterface(InterfaceName, (sensor, name) =>
            (Length is int length ? length : RssKeys.LengthOf(sensor, name)).Select(bytes => RssKeys.Report(Make(bytes), name)));
    }

    private RssKey Make(int length) =>
        Random ? RssKeys.Random(length) : RssKeys.FromPattern(Pattern is null ? RssKeys.BestPattern : (ushort)((Pattern.AsSpan()[0] << 8) | Pattern.AsSpan()[1]), length);
}
