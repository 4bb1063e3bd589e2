using System.Security.Cryptography;
using ZeptAdmin.Tests.Remoting;

namespace ZeptAdmin.Tests.Fleet;

/// <summary>Install-NsmModule over a real sshd on this machine.</summary>
public sealed class InstallNsmModuleTests : IDisposable
{
    private const string Install = "param($connection, $source, $destination) Install-NsmModule 127.0.0.1 @connection -Source $source -Destination $destination";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_installed_is_what_is_here_and_is_replaced_in_one_step()
    {
        using SshKeys keys = new();
        using SshServer server = SshServer.Start(keys, out int port);
        using Engine engine = new();

        // A name that a shell would take apart, were it ever part of a command.
        string destination = Path.Combine(_folder.Path, "to; touch $(echo pwned) 'x'", "zept");
        string source = Source("one");
        EngineResult first = engine.Run(Install, keys.Connection(port), source, destination);
        Assert.Empty(first.Errors);
        string link = File.ResolveLinkTarget(destination, returnFinalTarget: false)!.FullName;
        Assert.Equal("one", File.ReadAllText(Path.Combine(destination, "zept")));
        Assert.True(File.GetUnixFileMode(Path.Combine(destination, "zept")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("deep", File.ReadAllText(Path.Combine(destination, "Modules", "ZeptAdmin", "a b.txt")));
        Assert.Equal([true], first.Output.Select(output => output.Properties["IsNew"].Value));

        // The same again sends nothing.
        EngineResult again = engine.Run(Install, keys.Connection(port), source, destination);
        Assert.Equal([false], again.Output.Select(output => output.Properties["IsNew"].Value));
        Assert.Equal(0L, again.Output.Single().Properties["Bytes"].Value);

        // Another version: the link leads there, and the last one stays to go back to.
        EngineResult other = engine.Run(Install, keys.Connection(port), Source("two"), destination);
        Assert.Empty(other.Errors);
        Assert.Equal("two", File.ReadAllText(Path.Combine(destination, "zept")));
        Assert.Equal("one", File.ReadAllText(Path.Combine(link, "zept")));
        Assert.Equal(2, Directory.GetDirectories(destination + ".versions").Length);
        Assert.Equal(Path.GetFileName(File.ResolveLinkTarget(destination, false)!.FullName), other.Output.Single().Properties["Checksum"].Value);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "pwned", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_folder_that_was_copied_there_by_hand_is_kept_beside()
    {
        using SshKeys keys = new();
        using SshServer server = SshServer.Start(keys, out int port);
        using Engine engine = new();
        string destination = Path.Combine(_folder.Path, "opt", "zept");
        _ = _folder.Write("opt/zept/zept", "by hand");

        EngineResult run = engine.Run(Install, keys.Connection(port), Source("new"), destination);

        Assert.Empty(run.Errors);
        Assert.Equal("new", File.ReadAllText(Path.Combine(destination, "zept")));
        Assert.Equal("by hand", File.ReadAllText(Path.Combine(Assert.Single(Directory.GetDirectories(destination + ".versions", "before-*")), "zept")));
    }

    [Fact]
    public void What_arrives_otherwise_is_refused_and_what_was_there_is_there()
    {
        using SshKeys keys = new();
        using Engine engine = new();
        string destination = Path.Combine(_folder.Path, "opt", "zept");

        // Said to the sensor's script as the command says it, but with one byte of the archive changed.
        byte[] archive = [1, 2, 3];
        string sum = Convert.ToHexStringLower(SHA256.HashData(archive));
        string script = File.ReadAllText(Path.Combine(Repository.Root, "src/ZeptAdmin.Core/Fleet/install.sh"));
        string input = _folder.Write("input", $"{destination}\n{sum}\nabd");
        (int exitCode, string output, string errors) = ExternalTool.TryRun("sh", "-c", "exec sh -c \"$1\" <\"$2\"", "sh", script, input);

        Assert.Equal((65, "send\n", "what arrived has another checksum\n"), (exitCode, output, errors));
        Assert.False(Path.Exists(destination));
        Assert.Empty(Directory.GetFileSystemEntries(destination + ".versions"));
    }

    [Fact]
    public void Sensors_that_are_down_are_errors_of_their_own_and_nothing_is_asked_under_WhatIf()
    {
        using SshKeys keys = new();
        using SshServer server = SshServer.Start(keys, out int port);
        using Engine engine = new();
        string destination = Path.Combine(_folder.Path, "opt", "zept");
        string source = Source("one");

        EngineResult rehearsed = engine.Run(Install + " -WhatIf", keys.Connection(port), source, destination);
        Assert.Empty(rehearsed.Output);
        Assert.False(Path.Exists(destination + ".versions"));

        EngineResult run = engine.Run(
            "param($connection, $source, $destination) '127.0.0.1', 'nosuchhost.invalid' | Install-NsmModule @connection -Source $source -Destination $destination",
            keys.Connection(port), source, destination);
        Assert.Equal(["SensorUnreachable"], run.ErrorIds);
        Assert.Equal("nosuchhost.invalid", run.Errors[0].TargetObject);
        Assert.Single(run.Output);

        EngineResult refused = engine.Run(Install, keys.Connection(port), source, "/proc/nowhere/zept");
        Assert.Equal(["InstallationRefused"], refused.ErrorIds);

        Assert.Equal(["ParameterArgumentValidationError"], engine.Run("Install-NsmModule '-oProxyCommand=true' -Source /").ErrorIds);
        Assert.Equal(["NotPresent"], engine.Run("Install-NsmModule localhost -Source $args[0]", _folder.Path + "/opt").ErrorIds);
    }

    private string Source(string content)
    {
        string folder = "source-" + content;
        _ = _folder.Write($"{folder}/zept", content);
        File.SetUnixFileMode(Path.Combine(_folder.Path, folder, "zept"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _ = _folder.Write($"{folder}/Modules/ZeptAdmin/a b.txt", "deep");
        return Path.Combine(_folder.Path, folder);
    }
}
