using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace ZeptAdmin.Shell;

/// <summary>The host that the engine talks to; <c>Enter-PSSession</c> works in it.</summary>
internal sealed class ZeptHost(TextWriter output) : PSHost, IHostSupportsInteractiveSession
{
    private readonly Stack<Runspace> _entered = new();

    /// <summary>The runspace of this process.</summary>
    public Runspace? Local { get; set; }

    /// <summary>What a script said with <c>exit</c>; null while none did.</summary>
    public int? ExitCode { get; private set; }

    /// <inheritdoc/>
    public override string Name => "zept";

    /// <inheritdoc/>
    public override Version Version { get; } = new(Help.Own);

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override PSHostUserInterface UI { get; } = new ZeptHostUI(output);

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public bool IsRunspacePushed => _entered.Count > 0;

    /// <inheritdoc/>
    public Runspace Runspace => _entered.TryPeek(out Runspace? remote) ? remote : Local!;

    /// <inheritdoc/>
    public void PushRunspace(Runspace runspace) => _entered.Push(runspace);

    /// <inheritdoc/>
    public void PopRunspace() => _ = _entered.TryPop(out _);

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode)
    {
        // "exit" in a session that was entered leaves that session.
        if (IsRunspacePushed)
        {
            PopRunspace();
        }
        else
        {
            ExitCode = exitCode;
        }
    }

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new PSNotImplementedException("zept has no nested prompts.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new PSNotImplementedException("zept has no nested prompts.");

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
