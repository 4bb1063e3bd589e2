using System.Management.Automation;
using ZeptAdmin.Memory;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-MemoryLayout: whether the memory modules are where and what they should be.</summary>
/// <remarks>
/// Channels filled, modules a channel, speed in force against speed rated, equal sizes, ranks, and balance between packages. What cannot be told is
/// a result with the reason, not an error.
/// </remarks>
[Cmdlet(VerbsDiagnostic.Test, "MemoryLayout")]
[OutputType(typeof(MemoryCheck))]
public sealed class TestMemoryLayoutCommand : SensorCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(MemoryLayout.Test(Machine), enumerateCollection: true);
}
