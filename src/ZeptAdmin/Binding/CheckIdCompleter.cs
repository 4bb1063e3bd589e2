using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ZeptAdmin.Audit;

namespace ZeptAdmin.Binding;

/// <summary>Completes ids of checks; the tool tip tells why the check matters.</summary>
public sealed class CheckIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        WildcardPattern pattern = WildcardPattern.Get(wordToComplete + "*", WildcardOptions.IgnoreCase);
        return Checks.All
            .Where(check => pattern.IsMatch(check.Id))
            .Select(check => new CompletionResult(check.Id, check.Id, CompletionResultType.ParameterValue, check.Why));
    }
}
