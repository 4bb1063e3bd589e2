using System.Management.Automation;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Binding;

/// <summary>Makes completions of names that the kernel, a driver or a user chose.</summary>
internal static class Completion
{
    /// <summary>The names that begin with what is typed, or match it with wildcards; quoted where they would not be one word on a command line.</summary>
    public static IEnumerable<CompletionResult> Of(IEnumerable<string> names, string wordToComplete)
    {
        WildcardPattern pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return names.Where(pattern.IsMatch).Select(name => new CompletionResult(CommandWord.Quote(name), name, CompletionResultType.ParameterValue, name));
    }
}
