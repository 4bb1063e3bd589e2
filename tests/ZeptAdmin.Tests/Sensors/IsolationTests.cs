using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Tests.Sensors;

/// <summary>The libraries for bzip2, xz and YAML stay out of the session, and out of the way of other versions of themselves.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_session_without_such_archives_never_loads_it()
    {
        string output = Zept($"$null = Get-NicRing -Snapshot '{Repository.Snapshot("two-port-i40e")}'; {Loaded("SharpCompress|YamlDotNet|ZeptAdmin.Isolated")}; 'count ' + $found.Count");

        Assert.Contains("count 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_in_the_session_does_no_harm()
    {
        string archive = MakeBzip2();
        string other = MakeOther("SharpCompress");

        string output = Zept(
            $"$null = [System.Reflection.Assembly]::LoadFrom('{other}'); " +
            $"$machine = [ZeptAdmin.Sensors.Sensor]::Open('{archive}'); 'kernel ' + $machine.Files.ReadText('/proc/version'); " +
            $"{Loaded("SharpCompress")}; 'versions ' + ($found -join ','); " +
            "'one core ' + @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'ZeptAdmin.Core' }).Count");

        Assert.Contains("kernel Linux version 6.1", output, StringComparison.Ordinal);
        Assert.Contains("0.0.0.7", output, StringComparison.Ordinal);
        Assert.Contains("0.50.8", output, StringComparison.Ordinal);
        Assert.Contains("one core 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_of_the_YAML_library_in_the_session_does_no_harm()
    {
        string file = _folder.Write("suricata.yaml", "%YAML 1.1\n---\naf-packet:\n  - interface: eth0\n    threads: 3\n");
        string other = MakeOther("YamlDotNet");

        string output = Zept(
            $"$null = [System.Reflection.Assembly]::LoadFrom('{other}'); 'threads ' + (Import-SuricataConfig '{file}').Interfaces.Threads; " +
            $"{Loaded("YamlDotNet")}; 'versions ' + ($found -join ','); " +
            "'one core ' + @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'ZeptAdmin.Core' }).Count");

        Assert.Contains("threads 3", output, StringComparison.Ordinal);
        Assert.Contains("0.0.0.7", output, StringComparison.Ordinal);
        Assert.Contains("versions 0.0.0.7,18.", output, StringComparison.Ordinal);
        Assert.Contains("one core 1", output, StringComparison.Ordinal);
    }

    private static string Loaded(string names) =>
        $"$found = @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object {{ $_.GetName().Name -match '^({names})$' }} | ForEach-Object {{ $_.GetName().Version.ToString() }})";

    private string Zept(string script)
    {
        string file = _folder.Write("script.ps1", script);
        string zept = Path.Combine(Repository.Root, "src", "ZeptAdmin.Shell", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "zept.dll");
        return ExternalTool.Run(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"), zept, "-File", file);
    }

    private string MakeBzip2()
    {
        string folder = Path.Combine(_folder.Path, "machine");
        _ = _folder.Write("machine/proc/version", "Linux version 6.1\n");
        string tar = Path.Combine(_folder.Path, "machine.tar");
        System.Formats.Tar.TarFile.CreateFromDirectory(folder, tar, includeBaseDirectory: false);
        _ = ExternalTool.Run("bzip2", tar);
        return tar + ".bz2";
    }

    private string MakeOther(string name)
    {
        PersistedAssemblyBuilder assembly = new(new AssemblyName(name) { Version = new Version(0, 0, 0, 7) }, typeof(object).Assembly);
        _ = assembly.DefineDynamicModule(name).DefineType(name + ".Nothing", TypeAttributes.Public).CreateType();
        string file = Path.Combine(_folder.Path, name + ".dll");
        assembly.Save(file);
        return file;
    }
}
