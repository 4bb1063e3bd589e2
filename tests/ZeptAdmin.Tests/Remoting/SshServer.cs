using System.Collections;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Remoting;

/// <summary>A real sshd of the test's own, with keys and a configuration of its own, that serves zept as a subsystem.</summary>
internal sealed class SshServer : IDisposable
{
    private const string Sshd = "/usr/sbin/sshd";
    private const int MostPorts = 5;
    private readonly TemporaryFolder _folder;
    private readonly Process _server;

    private SshServer(SshKeys keys, string address, int port, string? served, string[] prefix)
    {
        _folder = new TemporaryFolder();
        _ = ExternalTool.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder.Path, "host"));

        // sshd starts its children with a bare environment; a build that depends on the framework has to find it.
        // Each server is a machine of its own, with a journal of its own.
        string subsystem = served is not null
            ? _folder.WriteProgram("served", served)
            : $"/usr/bin/env DOTNET_ROOT={Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "../../../.."))} ZEPTADMIN_STATE={_folder.Path}/state {Zept.Path} -sshs";
        string configuration = _folder.Write("sshd_config", $"""
            ListenAddress {address}
            Port {port}
            HostKey {_folder.Path}/host
            AuthorizedKeysFile {keys.Private}.pub
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            Subsystem powershell {subsystem}
            Subsystem zept {subsystem}
            """);
        if (Environment.IsPrivilegedProcess)
        {
            _ = Directory.CreateDirectory("/run/sshd");
        }

        string[] command = [.. prefix, Sshd, "-D", "-e", "-f", configuration];
        _server = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        try
        {
            AwaitListening();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Starts a server on the loopback; skips the test, saying so, where there is no sshd.</summary>
    public static SshServer Start(SshKeys keys, out int port)
    {
        for (int i = 1; ; i++)
        {
            using (TcpListener free = new(IPAddress.Loopback, 0))
            {
                free.Start();
                port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            try
            {
                return Start(keys, "127.0.0.1", port);
            }
            catch (Xunit.Sdk.FailException) when (i < MostPorts)
            {
                // Somebody else took the port in between.
            }
        }
    }

    /// <summary>Starts a server at an address, by a command that comes first: <c>ip netns exec NAME</c>.</summary>
    public static SshServer Start(SshKeys keys, string address, int port, params string[] prefix) => Serve(null, keys, address, port, prefix);

    /// <summary>Starts a server whose subsystem is a shell script, or zept where that is null.</summary>
    public static SshServer Serve(string? script, SshKeys keys, string address, int port, params string[] prefix)
    {
        Assert.SkipUnless(File.Exists(Sshd), "openssh-server is not installed");
        return new SshServer(keys, address, port, script, prefix);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
        _folder.Dispose();
    }

    private void AwaitListening()
    {
        string log = "";
        while (_server.StandardError.ReadLine() is string line)
        {
            log += line + "\n";
            if (line.Contains("Server listening", StringComparison.Ordinal))
            {
                // Keep on reading, lest sshd waits for room in the pipe.
                _ = _server.StandardError.ReadToEndAsync();
                return;
            }
        }

        Assert.Fail($"sshd did not start to listen: {log}");
    }
}

/// <summary>A key pair of the client, and the options that keep ssh away from the user's own files.</summary>
internal sealed class SshKeys : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes a key pair; skips the test, saying so, where there is no ssh.</summary>
    public SshKeys()
    {
        Private = Path.Combine(_folder.Path, "client");
        _ = ExternalTool.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Private);
    }

    /// <summary>The private key's file.</summary>
    public string Private { get; }

    /// <summary>What Invoke-Command takes, splatted.</summary>
    public Hashtable Connection(int port) => new()
    {
        ["Port"] = port,
        ["UserName"] = Environment.UserName,
        ["KeyFilePath"] = Private,
        ["Options"] = new Hashtable
        {
            ["StrictHostKeyChecking"] = "no",
            ["UserKnownHostsFile"] = "/dev/null",
            ["LogLevel"] = "QUIET",
            ["BatchMode"] = "yes",
            ["IdentitiesOnly"] = "yes",
            ["ConnectTimeout"] = "60",
        },
    };

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
