using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using ZeptAdmin.Binding;
using ZeptAdmin.Plans;
using ZeptAdmin.Reports;

namespace ZeptAdmin.Cmdlets;

/// <summary>Export-NsmReport: one HTML file on a sensor or a fleet: verdict, losses by layer, checks with remedies, topology.</summary>
/// <remarks>
/// Without input it reads the machine. With input it takes records of Test-NsmSensor, Get-PacketDrops, Get-NsmTopology, Get-Nic,
/// Get-IrqAffinity, Get-AfPacketSocket, Test-NsmPlan and plans, also those that Invoke-Command brought from other machines, and errors as what could not be asked.
/// </remarks>
[Cmdlet(VerbsData.Export, "NsmReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportNsmReportCommand : ExportCmdlet
{
    private readonly NsmReport _report = new();
    private int _foreign;

    /// <summary>Records of sensors, and errors; left out, the machine is read.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Title of the page; left out, it names the sensor or counts them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>Name of the sensor whose records name none, as those of this session do; left out, that of -Snapshot, or of a topology among them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SensorName { get; set; }

    /// <summary>Capture ports of the machine that is read; left out, those that a program captures on, else all that carry no default route.</summary>
    [Parameter]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Plan, or the path of its file, that the machine which is read is held against.</summary>
    [Parameter]
    [NsmPlanTransformation]
    [ValidateNotNull]
    public NsmPlan? Plan { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        if (InputObject.BaseObject is ErrorRecord error)
        {
            _report.AddProblem(SensorOf(error), error.ToString());
        }
        else if (Restore(InputObject) is not object record || !_report.Add(SensorOf(InputObject), record))
        {
            _foreign++;
            if (SensorOf(InputObject) is string sensor)
            {
                _report.AddProblem(sensor, $"It gave something that is no record of this module: {TypeNameOf(InputObject)}");
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_foreign > 0)
        {
            WriteWarning($"{_foreign} objects are no records that a report has a place for, and were left out.");
        }

        bool isFromPipeline = MyInvocation.ExpectingInput || InputObject is not null;
        Export(isFromPipeline ? "Write a report" : $"Write a report on {Machine.Name}", path =>
        {
            if (!isFromPipeline)
            {
                string[] names = [.. ExpandInterfaces(InterfaceName)];
                _report.AddMachine(Machine, Plan, InterfaceName.Length > 0 ? names : null, step => WriteProgress(new ProgressRecord(0, "Export-NsmReport", step)), StopToken);
                WriteProgress(new ProgressRecord(0, "Export-NsmReport", "Done") { RecordType = ProgressRecordType.Completed });
            }

            _report.Save(path, Title, SensorName ?? (Snapshot is null ? null : Machine.Name), DateTimeOffset.UtcNow, Force);
        });
    }

    // A record of this session as it is, one of another session as it was there; null for anything else.
    private static object? Restore(PSObject input) =>
        NsmReport.RecordTypes.Contains(input.BaseObject.GetType())
            ? input.BaseObject
            : NsmReport.RecordTypes.Where(type => input.TypeNames.Contains("Deserialized." + type.FullName))
                .Select(type => LanguagePrimitives.TryConvertTo(input, type, out object? record) ? record : null)
                .FirstOrDefault(record => record is not null);

    private static string? SensorOf(PSObject input) => input.Properties["PSComputerName"]?.Value as string;

    // A sensor that cannot be reached stands in the target, for the error is of this machine.
    private static string? SensorOf(ErrorRecord error) => error switch
    {
        RemotingErrorRecord { OriginInfo.PSComputerName: { Length: > 0 } name } => name,
        { TargetObject: string { Length: > 0 } target, Exception: PSRemotingTransportException } => target,
        _ => null,
    };

    private static string TypeNameOf(PSObject input) => input.TypeNames.Count > 0 ? input.TypeNames[0] : "nothing";
}
