using System.Management.Automation;
using System.Xml.Linq;

namespace ZeptAdmin.Tests.Docs;

/// <summary>The pages of docs/en-US, and the help made of them, against the commands themselves.</summary>
public sealed class CommandHelpTests : IDisposable
{
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XDocument Help = XDocument.Load(Path.Combine(HelpPage.Folder, "ZeptAdmin.dll-Help.xml"));
    private readonly Engine _engine = new();

    /// <summary>Names of the commands with a page.</summary>
    public static TheoryData<string> Commands => [.. HelpPage.Commands];

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Every_command_has_a_page_and_help_and_nothing_else_has()
    {
        string[] commands = [.. _engine.Run("Get-Command -Module ZeptAdmin").Output.Select(command => ((CmdletInfo)command.BaseObject).Name).Order(StringComparer.Ordinal)];

        Assert.Equal(commands, HelpPage.Commands);
        Assert.Equal(commands, Help.Descendants(Command + "details").Select(details => details.Element(Command + "name")!.Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_page_describes_each_parameter_as_it_is(string command)
    {
        HelpPage page = HelpPage.Read(command);
        CmdletInfo cmdlet = Find(command);

        Assert.Equal(Own(cmdlet), page.Parameters.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, (string text, string facts)) in page.Parameters)
        {
            ParameterMetadata parameter = cmdlet.Parameters[name];
            Assert.NotEmpty(text);
            Assert.Contains($"Type: {TypeName(parameter.ParameterType)}\n", facts, StringComparison.Ordinal);
            Assert.Contains($"SupportsWildcards: {(parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? "true" : "false")}\n", facts, StringComparison.Ordinal);
            Assert.Equal([.. parameter.Aliases.Order(StringComparer.Ordinal)], Aliases(facts));
            Assert.Equal([.. parameter.ParameterSets.Select(set => Facts(set.Key, set.Value)).Order(StringComparer.Ordinal)], Sets(facts));
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_page_is_whole(string command)
    {
        HelpPage page = HelpPage.Read(command);

        Assert.All(["SYNOPSIS", "DESCRIPTION", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"], heading => Assert.NotEmpty(page.Section(heading).Trim()));
        Assert.True(page.Examples.Count(example => example.Shown.Length > 0) >= 2 || page.Examples.Length > 2, "A page has at least two examples with what they print.");
        Assert.DoesNotContain("{{", page.Text, StringComparison.Ordinal);
        Assert.Equal([.. Find(command).ParameterSets.Select(set => HelpPage.OneLine(PlatyPS(command, set))).Order(StringComparer.Ordinal)], page.Syntax);
        Assert.Equal(
            [.. Find(command).OutputType.Select(type => type.Name)],
            page.Section("OUTPUTS").Split('\n').Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..]));
        Assert.All(Links(page.Text), link => Assert.True(File.Exists(Path.Combine(HelpPage.Folder, link)), $"{link} is not there."));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_help_is_that_of_the_page_and_of_the_command(string command)
    {
        HelpPage page = HelpPage.Read(command);
        CmdletInfo cmdlet = Find(command);
        XElement help = Help.Descendants(Command + "command").Single(element => element.Element(Command + "details")!.Element(Command + "name")!.Value == command);

        Assert.Equal(HelpPage.OneLine(page.Section("SYNOPSIS")), HelpPage.OneLine(help.Element(Command + "details")!.Element(Maml + "description")!.Value));
        Assert.Equal(HelpPage.OneLine(page.Section("DESCRIPTION")), HelpPage.OneLine(help.Element(Maml + "description")!.Value));
        Assert.Equal([.. page.Examples.Select(example => example.Code)], help.Descendants(Dev + "code").Select(code => code.Value));
        Assert.All(
            page.Examples.Zip(help.Descendants(Dev + "remarks")),
            pair => Assert.Contains(HelpPage.OneLine(pair.First.Shown), HelpPage.OneLine(pair.Second.Value), StringComparison.Ordinal));

        XElement[] parameters = [.. help.Element(Command + "parameters")!.Elements()];
        Assert.Equal(Own(cmdlet), parameters.Select(element => element.Element(Maml + "name")!.Value).Order(StringComparer.Ordinal));
        foreach (XElement element in parameters)
        {
            string name = element.Element(Maml + "name")!.Value;
            ParameterMetadata parameter = cmdlet.Parameters[name];
            Assert.Equal(TypeName(parameter.ParameterType), element.Element(Dev + "type")!.Element(Maml + "name")!.Value);
            Assert.Equal(HelpPage.OneLine(page.Parameters[name].Text), HelpPage.OneLine(element.Element(Maml + "description")!.Value));
            Assert.Equal(parameter.ParameterSets.Values.Any(set => set.IsMandatory), (bool)element.Attribute("required")!);
            Assert.Equal(Pipeline(parameter), element.Attribute("pipelineInput")!.Value);
        }

        Assert.Equal(
            [.. cmdlet.ParameterSets.Select(set => string.Join(' ', set.Parameters.Select(parameter => parameter.Name).Where(IsOwn).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)],
            [.. help.Descendants(Command + "syntaxItem")
                .Select(item => string.Join(' ', item.Elements(Command + "parameter").Select(parameter => parameter.Element(Maml + "name")!.Value).Order(StringComparer.Ordinal)))
                .Order(StringComparer.Ordinal)]);
    }

    private CmdletInfo Find(string command) => (CmdletInfo)_engine.Run("Get-Command $args[0]", command).Single;

    private static string[] Own(CmdletInfo cmdlet) => [.. cmdlet.Parameters.Keys.Where(IsOwn).Order(StringComparer.Ordinal)];

    private static bool IsOwn(string parameter) => !Cmdlet.CommonParameters.Contains(parameter);

    private static string TypeName(Type type) =>
        Nullable.GetUnderlyingType(type) is Type inner ? $"System.Nullable`1[{inner.FullName}]" : type.FullName!;

    private static string Pipeline(ParameterMetadata parameter)
    {
        bool byValue = parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline);
        bool byName = parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName);
        return (byValue, byName) switch
        {
            (true, true) => "true (ByValue, ByPropertyName)",
            (true, false) => "true (ByValue)",
            (false, true) => "true (ByPropertyName)",
            _ => "false",
        };
    }

    // The facts of one parameter set, as PlatyPS writes them.
    private static string Facts(string name, ParameterSetMetadata set) => string.Join(
        '\n',
        $"- Name: {(name == "__AllParameterSets" ? "(All)" : name)}",
        $"  Position: {(set.Position == int.MinValue ? "Named" : set.Position)}",
        $"  IsRequired: {Lower(set.IsMandatory)}",
        $"  ValueFromPipeline: {Lower(set.ValueFromPipeline)}",
        $"  ValueFromPipelineByPropertyName: {Lower(set.ValueFromPipelineByPropertyName)}",
        $"  ValueFromRemainingArguments: {Lower(set.ValueFromRemainingArguments)}");

    private static string Lower(bool value) => value ? "true" : "false";

    private static string[] Sets(string facts) =>
        [.. Between(facts, "ParameterSets:\n", "DontShow:").Split("- Name: ", StringSplitOptions.RemoveEmptyEntries).Select(set => "- Name: " + set.TrimEnd('\n')).Order(StringComparer.Ordinal)];

    private static string[] Aliases(string facts) =>
        [.. Between(facts, "Aliases:", "ParameterSets:").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..]).Order(StringComparer.Ordinal)];

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static IEnumerable<string> Links(string text) =>
        text.Split("](").Skip(1).Select(rest => rest[..rest.IndexOf(')', StringComparison.Ordinal)]).Where(link => !link.Contains("://", StringComparison.Ordinal));

    // PowerShell's syntax without the common parameters, which PlatyPS leaves out unless it shows them as <CommonParameters>.
    private static string PlatyPS(string command, CommandParameterSetInfo set) =>
        $"{command} {set}".Replace("[<CommonParameters>]", "", StringComparison.Ordinal).TrimEnd();
}
