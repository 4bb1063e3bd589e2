using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ZeptAdmin.Binding;

/// <summary>Completes the two sets of hash fields that are in use: addresses, and addresses with ports.</summary>
public sealed class FieldLettersCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(["sd", "sdfn"], wordToComplete);
}
