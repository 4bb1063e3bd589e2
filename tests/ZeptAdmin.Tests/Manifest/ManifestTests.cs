using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ZeptAdmin.Tests.Manifest;

/// <summary>ZeptAdmin.psd1 against the assembly.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void The_manifest_lists_the_commands_of_the_assembly_in_order()
    {
        Hashtable manifest = (Hashtable)((HashtableAst)Parser.ParseFile(Repository.Module, out _, out _).Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false)).SafeGetValue();
        object[] listed = (object[])manifest["CmdletsToExport"]!;
        using Engine engine = new();
        object[] commands = [.. engine.Run("[ZeptAdmin.Cmdlets.SensorCmdlet].Assembly.GetExportedTypes()").Output
            .Select(type => ((Type)type.BaseObject).GetCustomAttributes(typeof(CmdletAttribute), inherit: false).Cast<CmdletAttribute>().SingleOrDefault())
            .Where(command => command is not null)
            .Select(command => $"{command!.VerbName}-{command.NounName}")
            .Order(StringComparer.Ordinal)];

        Assert.Equal(commands, listed);
    }
}
