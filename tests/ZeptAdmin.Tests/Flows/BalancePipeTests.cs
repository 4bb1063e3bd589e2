using System.Management.Automation;

namespace ZeptAdmin.Tests.Flows;

/// <summary>Measure-RssBalance and a pipe whose writer is silent.</summary>
public sealed class BalancePipeTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("D4C3B2A1020004000000000000000000FFFF000001000000")]
    public async Task It_is_left_when_the_command_is_stopped(string written)
    {
        string pipe = Path.Combine(_folder.Path, "pipe");
        _ = ExternalTool.Run("mkfifo", pipe);
        using PowerShell shell = _engine.Prepare("Measure-RssBalance $args[0]", pipe);

        IAsyncResult run = shell.BeginInvoke();

        // The pipe opens when the command has it open, too.
        using FileStream writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write), TestContext.Current.CancellationToken).WaitAsync(Long, TestContext.Current.CancellationToken);
        await writer.WriteAsync(Convert.FromHexString(written), TestContext.Current.CancellationToken);
        await writer.FlushAsync(TestContext.Current.CancellationToken);
        await Task.Run(shell.Stop, TestContext.Current.CancellationToken).WaitAsync(Long, TestContext.Current.CancellationToken);

        _ = Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(run));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
    }
}
