using System.Management.Automation;
using System.Management.Automation.Language;

namespace ZeptAdmin.Tests.Docs;

/// <summary>What pages, runbooks and README tell users to type: it parses, and names commands and parameters that exist.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly Engine _engine = new();

    /// <summary>Names of the commands with a page.</summary>
    public static TheoryData<string> Commands => [.. HelpPage.Commands];

    /// <summary>Scripts of examples/.</summary>
    public static TheoryData<string> Scripts =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples"), "*.ps1", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void Examples_name_commands_and_parameters_that_exist(string command)
    {
        HelpExample[] examples = HelpPage.Read(command).Examples;

        Assert.All(examples, example => Check(example.Code));
        Assert.Contains(examples, example => example.Code.Contains(command, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Scripts_name_commands_and_parameters_that_exist(string script) => Check(File.ReadAllText(Path.Combine(Repository.Root, script)));

    [Theory]
    [MemberData(nameof(Commands))]
    public void Examples_on_the_snapshots_of_the_project_run_without_an_error_unless_they_show_it(string command)
    {
        foreach (HelpExample example in HelpPage.Read(command).Examples.Where(IsOnSnapshot))
        {
            EngineResult result = _engine.Run(FromRoot(example.Code));

            // A page may show what is refused.
            Assert.Equal(example.Shown.Contains($"{command}: Cannot ", StringComparison.Ordinal), result.Errors.Length > 0);
            // What -WhatIf says is not among the objects.
            Assert.True(example.Shown.Length == 0 || example.Code.Contains("-WhatIf", StringComparison.Ordinal) || result.Output.Length > 0, $"nothing came of {example.Code}");
        }
    }

    // The engine alone has neither Format-Table nor Select-Object; those examples run in tests/Pester/Help.Tests.ps1.
    private bool IsOnSnapshot(HelpExample example) =>
        (example.Code.Contains("tests/Fixtures/", StringComparison.Ordinal) || example.Code.Contains("examples/sensors/", StringComparison.Ordinal))
        && Names(Parse(example.Code)).All(name => Find(name) is not null);

    // The engine alone has no Set-Location either.
    private static string FromRoot(string code) =>
        code.Replace("tests/Fixtures/", Repository.Root + "/tests/Fixtures/", StringComparison.Ordinal).Replace("examples/sensors/", Repository.Root + "/examples/sensors/", StringComparison.Ordinal);

    private void Check(string code)
    {
        foreach (CommandAst command in Calls(Parse(code)))
        {
            if (command.GetCommandName() is not string name || Find(name) is not CmdletInfo { ModuleName: "ZeptAdmin" } cmdlet)
            {
                Assert.False(command.GetCommandName() is string foreign && IsOurs(foreign), $"There is no {command.GetCommandName()}.");
                continue;
            }

            foreach (CommandParameterAst parameter in command.CommandElements.OfType<CommandParameterAst>())
            {
                Assert.Contains(parameter.ParameterName, cmdlet.Parameters.Keys, StringComparer.OrdinalIgnoreCase);
            }
        }
    }

    // A verb, a dash and a noun of this module's: not one of PowerShell's own, which this engine may lack.
    private static bool IsOurs(string name) =>
        name.Contains('-', StringComparison.Ordinal)
        && new[] { "Nic", "Nsm", "Irq", "Rss", "Pcie", "Softnet", "NetBudget", "MemoryModule", "MemoryLayout", "Zeek", "Suricata" }.Any(noun => name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..].StartsWith(noun, StringComparison.Ordinal));

    private static ScriptBlockAst Parse(string code)
    {
        ScriptBlockAst script = Parser.ParseInput(code, out _, out ParseError[] errors);
        Assert.Empty(errors.Select(error => error.Message));
        return script;
    }

    private static IEnumerable<CommandAst> Calls(ScriptBlockAst script) => script.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>();

    private static IEnumerable<string> Names(ScriptBlockAst script) => Calls(script).Select(call => call.GetCommandName()).OfType<string>();

    private CommandInfo? Find(string name) => _engine.Run("Get-Command $args[0] -ErrorAction Ignore", name).Output is [PSObject { BaseObject: CommandInfo command }] ? command : null;
}
