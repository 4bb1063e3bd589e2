using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Fleet;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Install-NsmModule: puts zept, or the module, on sensors over SSH: verified there by its checksum, and replaced in one step.</summary>
[Cmdlet(VerbsLifecycle.Install, "NsmModule", SupportsShouldProcess = true)]
[OutputType(typeof(ModuleInstallation))]
public sealed class InstallNsmModuleCommand : PSCmdlet, IDisposable
{
    private const string PlaceOfProgram = "/opt/zept";
    private const string PlaceOfModule = "/usr/local/share/powershell/Modules/ZeptAdmin";

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _hosts = [];

    /// <summary>Sensors, as ssh knows them.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Sensor")]
    [ValidateHostName]
    public string[] HostName { get; set; } = [];

    /// <summary>Folder to install: a published zept, or the module. Left out, the one that this command runs from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>Where it is to be on the sensors. Left out, /opt/zept, or PowerShell's folder of modules for the module alone.</summary>
    [Parameter]
    [ValidatePattern("^/.*[^/]$")]
    public string? Destination { get; set; }

    /// <summary>User on the sensors; left out, ssh's configuration says it.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9_][A-Za-z0-9._@-]*$")]
    public string? UserName { get; set; }

    /// <summary>Port of sshd; left out, ssh's configuration says it.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>Key to log in with; left out, ssh finds one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyFilePath { get; set; }

    /// <summary>Options of ssh, as Invoke-Command takes them.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Options { get; set; } = new() { ["ConnectTimeout"] = "10" };

    /// <summary>How many sensors at once.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 8;

    /// <summary>How many seconds a sensor may take.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSeconds { get; set; } = 300;

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    /// <inheritdoc/>
    protected override void ProcessRecord() => _hosts.AddRange(HostName.Where(host => !_hosts.Contains(host)));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        ModuleArchive archive = Pack();
        string destination = Destination ?? (ModuleArchive.IsProgram(archive.Folder) ? PlaceOfProgram : PlaceOfModule);
        string what = string.Create(CultureInfo.InvariantCulture, $"Install {archive.Folder} as {destination}: {archive.Content.Length / 1048576.0:0.0} MiB, SHA-256 {archive.Checksum}");
        string[] hosts = [.. _hosts.Where(host => ShouldProcess(host, what))];
        Dictionary<string, string> options = Options.Cast<DictionaryEntry>()
            .ToDictionary(option => Text(option.Key), option => Text(option.Value), StringComparer.Ordinal);
        string? key = KeyFilePath is null ? null : GetUnresolvedProviderPathFromPSPath(KeyFilePath);
        ModuleInstaller installer = new(UserName, Port, key, options, TimeSpan.FromSeconds(TimeoutSeconds));
        using BlockingCollection<object> ended = [];
        Task work = Task.Run(() =>
        {
            _ = Parallel.ForEach(hosts, new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit }, host => ended.Add(Try(installer, host, archive, destination)));
            ended.CompleteAdding();
        });
        foreach (object result in ended.GetConsumingEnumerable())
        {
            if (result is ErrorRecord error)
            {
                WriteError(error);
            }
            else
            {
                WriteObject(result);
            }
        }

        work.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private object Try(ModuleInstaller installer, string host, ModuleArchive archive, string destination)
    {
        try
        {
            return installer.Install(host, archive, destination, _stopping.Token);
        }
        catch (InstallationException e)
        {
            return e.ToErrorRecord();
        }
        catch (OperationCanceledException)
        {
            return new InstallationException(host, "it was stopped", isUnreachable: false).ToErrorRecord();
        }
    }

    private ModuleArchive Pack()
    {
        try
        {
            return ModuleArchive.Pack(Source is null ? ModuleArchive.OfThisProcess(MyInvocation.MyCommand.Module.ModuleBase) : GetUnresolvedProviderPathFromPSPath(Source));
        }
        catch (KernelException e)
        {
            ThrowTerminatingError(e.ToErrorRecord());
            throw;
        }
    }
}
