using System.Management.Automation;
using ZeptAdmin.Audit;
using ZeptAdmin.Binding;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-NsmSensor: audits a machine as a network security sensor.</summary>
/// <remarks>Checks that do not apply to this machine are left out unless -Severity asks for them.</remarks>
[Cmdlet(VerbsDiagnostic.Test, "NsmSensor")]
[OutputType(typeof(CheckResult))]
public sealed class TestNsmSensorCommand : SensorCmdlet
{
    private static readonly CheckSeverity[] Applicable = [CheckSeverity.Pass, CheckSeverity.Warn, CheckSeverity.Fail, CheckSeverity.Unknown];

    private readonly List<string> _patterns = [];

    /// <summary>Ids of checks, with wildcards: <c>H*</c>, <c>*.Ring*</c>.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(CheckIdCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Categories of checks; all when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public CheckCategory[] Category { get; set; } = Enum.GetValues<CheckCategory>();

    /// <summary>Verdicts to write; all but NotApplicable when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public CheckSeverity[] Severity { get; set; } = Applicable;

    /// <summary>Interfaces that count as capture ports. Left out: those that a program captures on, else all that carry no default route.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    public string[] InterfaceName { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => _patterns.AddRange(InterfaceName);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // All interfaces in one audit: the machine's own checks are made once, and some weigh one port against another.
        string[] names = [.. ExpandInterfaces([.. _patterns])];
        bool isNamed = _patterns.Count > 0 || MyInvocation.ExpectingInput;
        if (isNamed && names.Length == 0)
        {
            return;
        }

        WildcardPattern[] patterns = [.. Id.Select(id => WildcardPattern.Get(id, WildcardOptions.IgnoreCase))];
        Check[] checks = [.. Checks.All.Where(check => Category.Contains(check.Category) && Array.Exists(patterns, pattern => pattern.IsMatch(check.Id)))];
        try
        {
            AuditSubject subject = new(Machine, isNamed ? names : null);
            foreach (CheckResult result in NsmAudit.Run(subject, checks, (check, place) => ShowProgress(check, place, checks.Length), StopToken))
            {
                if (Severity.Contains(result.Severity))
                {
                    WriteObject(result);
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        WriteProgress(new ProgressRecord(0, "Audit", "Done") { RecordType = ProgressRecordType.Completed });
    }

    private void ShowProgress(Check check, int place, int count) =>
        WriteProgress(new ProgressRecord(0, "Audit", check.Id) { PercentComplete = place * 100 / count });
}
