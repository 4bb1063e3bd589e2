using System.Management.Automation;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicRss: receive-side scaling of interfaces: hash key, function, indirection table and hashed fields.</summary>
[Cmdlet(VerbsCommon.Get, "NicRss")]
[OutputType(typeof(NicRss))]
public sealed class GetNicRssCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, NicRssReader.Get);
}
