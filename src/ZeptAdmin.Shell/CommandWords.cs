using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Shell;

/// <summary>Makes a pipeline of the words that the operating system's shell passed.</summary>
/// <remarks>
/// Nothing is quoted and parsed again: each word reaches its parameter as it stands. What a PowerShell user writes bare is understood
/// all the same: lists with commas where the parameter takes several values, <c>$true</c>, <c>$false</c>, <c>$null</c>, a script block
/// in braces, and a word <c>|</c> between two commands.
/// </remarks>
internal static partial class CommandWords
{
    /// <summary>The pipeline that the words mean.</summary>
    /// <param name="words">A command and its arguments, or one word that is a script.</param>
    /// <param name="find">Finds a command by its name; null where there is none.</param>
    /// <exception cref="UsageException">The shell swallowed a part of the words.</exception>
    public static PSCommand Bind(string[] words, Func<string, CommandInfo?> find)
    {
        PSCommand pipeline = new();
        if (words is [string script] && !IsName().IsMatch(script) && find(script) is null)
        {
            return Script(script);
        }

        int start = 0;
        while (start <= words.Length)
        {
            int end = Array.IndexOf(words, "|", start);
            end = end < 0 ? words.Length : end;
            if (start == end)
            {
                throw new UsageException("a command is missing beside '|'.");
            }

            AddCommand(pipeline, words[start], words[(start + 1)..end], find(words[start]));
            start = end + 1;
        }

        return pipeline;
    }

    /// <summary>A script that ends at its first terminating error, as its exit code says; in PowerShell that would end one statement only.</summary>
    public static PSCommand Script(string script) =>
        new PSCommand().AddScript("try { . $args[0] } catch { throw }").AddArgument(ScriptBlock.Create(script));

    /// <summary>Adds a command with its arguments to a pipeline.</summary>
    public static void AddCommand(PSCommand pipeline, string name, string[] arguments, CommandInfo? command)
    {
        _ = pipeline.AddCommand(name);
        foreach (CommandParameter argument in Arguments(arguments, command))
        {
            _ = argument.Name is null
                ? pipeline.AddArgument(argument.Value)
                : argument.Value is null ? pipeline.AddParameter(argument.Name) : pipeline.AddParameter(argument.Name, argument.Value);
        }
    }

    /// <summary>Arguments with their names, values in the shape that their parameters take.</summary>
    public static IEnumerable<CommandParameter> Arguments(string[] words, CommandInfo? command)
    {
        if (command is ApplicationInfo)
        {
            foreach (string word in words)
            {
                yield return new CommandParameter(null, word);
            }

            yield break;
        }

        int position = 0;
        for (int i = 0; i < words.Length; i++)
        {
            Match match = IsParameter().Match(words[i]);
            if (!match.Success || command is null || (Find(command, match.Groups["name"].Value) is null && !IsStrict(command)))
            {
                ParameterMetadata? positional = Positional(command, position++);
                yield return new CommandParameter(null, Shape(words[i], positional?.ParameterType ?? typeof(string)));
                continue;
            }

            string name = match.Groups["name"].Value;
            ParameterMetadata? parameter = Find(command, name);
            bool isSwitch = parameter?.SwitchParameter ?? true;
            string? value = match.Groups["value"] is { Success: true } given ? given.Value : isSwitch || i + 1 == words.Length ? null : words[++i];
            if (value is "")
            {
                throw new UsageException($"{words[i]} has no value; a shell swallows a bare $true or $false, so write {words[i]}true or {words[i]}false.");
            }

            yield return new CommandParameter(parameter?.Name ?? name, isSwitch && value is not null ? Truth(value) : Shape(value, parameter?.ParameterType));
        }
    }

    private static ParameterMetadata? Find(CommandInfo command, string name)
    {
        try
        {
            return command.ResolveParameter(name);
        }
        catch (Exception e) when (e is ParameterBindingException or RuntimeException)
        {
            return null;
        }
    }

    /// <summary>Whether an unknown parameter is an error, rather than a word for $args.</summary>
    private static bool IsStrict(CommandInfo command) => command switch
    {
        CmdletInfo => true,
        FunctionInfo function => function.CmdletBinding,
        ExternalScriptInfo script => script.ScriptBlock.Attributes.OfType<CmdletBindingAttribute>().Any(),
        AliasInfo { ResolvedCommand: CommandInfo target } => IsStrict(target),
        _ => false,
    };

    private static ParameterMetadata? Positional(CommandInfo? command, int position) =>
        command?.Parameters?.Values.FirstOrDefault(parameter => parameter.ParameterSets.Values.Any(set => set.Position == position));

    private static object? Shape(string? word, Type? type)
    {
        switch (word?.ToLowerInvariant())
        {
            case "$true":
                return true;
            case "$false":
                return false;
            case "$null" or null:
                return null;
            case ['{', .., '}']:
                return ScriptBlock.Create(word[1..^1]);
            default:
                bool takesSeveral = type is null || type == typeof(object) || type.IsArray || (type != typeof(string) && typeof(IList).IsAssignableFrom(type));
                return takesSeveral && IsList().IsMatch(word!) ? word!.Split(',') : word;
        }
    }

    private static bool Truth(string value) => value.ToLowerInvariant() switch
    {
        "$true" or "true" or "1" => true,
        "$false" or "false" or "0" => false,
        _ => throw new UsageException($"a switch is true or false, not '{value}'."),
    };

    [GeneratedRegex(@"^[\w.\-\\/~:]+$")]
    private static partial Regex IsName();

    [GeneratedRegex(@"^[-\u2013](?<name>[A-Za-z_?]\w*)(:(?<value>.*))?$", RegexOptions.Singleline)]
    private static partial Regex IsParameter();

    /// <summary>Words between commas, none of them empty or with spaces.</summary>
    [GeneratedRegex(@"^[^\s,]+(,[^\s,]+)+$")]
    private static partial Regex IsList();
}
