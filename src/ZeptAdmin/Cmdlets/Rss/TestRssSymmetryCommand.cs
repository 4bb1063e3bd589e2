using System.Management.Automation;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-RssSymmetry: proves of a card's settings that both directions of every connection meet, or shows a connection that parts.</summary>
/// <remarks>The proof is of key, function, fields and transformation, not of samples; it counts entropy and balance too.</remarks>
[Cmdlet(VerbsDiagnostic.Test, "RssSymmetry")]
[OutputType(typeof(RssSymmetry))]
public sealed class TestRssSymmetryCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, RssSymmetries.Get);
}
