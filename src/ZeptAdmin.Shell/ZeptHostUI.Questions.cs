using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace ZeptAdmin.Shell;

/// <summary>Questions: asked on a terminal only, since a pipe cannot know what it confirms.</summary>
internal sealed partial class ZeptHostUI
{
    /// <summary>True when Ctrl+C was the answer to a question.</summary>
    public bool IsInterrupted { get; set; }

    /// <inheritdoc/>
    public override string ReadLine()
    {
        NeedTerminal("a line");
        StringBuilder line = new();
        ReadKeys(
            character =>
            {
                _ = line.Append(character);
                Put(Console.Error, character.ToString());
            },
            () =>
            {
                if (line.Length > 0)
                {
                    line.Length--;
                    Put(Console.Error, "\b \b");
                }
            });
        return line.ToString();
    }

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString()
    {
        NeedTerminal("a secret");
        SecureString secret = new();
        ReadKeys(
            secret.AppendChar,
            () =>
            {
                if (secret.Length > 0)
                {
                    secret.RemoveAt(secret.Length - 1);
                }
            });
        secret.MakeReadOnly();
        return secret;
    }

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        NeedTerminal(string.Join(", ", descriptions.Select(field => field.Name)));
        PutCaption(caption, message);
        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in descriptions)
        {
            bool isSecret = field.ParameterTypeFullName == typeof(SecureString).FullName;
            Put(Console.Error, $"{field.Name}: ");
            answers[field.Name] = isSecret ? PSObject.AsPSObject(ReadLineAsSecureString()) : PSObject.AsPSObject(ReadLine());
        }

        return answers;
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (!Terminal.CanAsk)
        {
            throw new HostException($"Nobody is here to answer: {message} Give -Confirm:false to mean yes.");
        }

        PutCaption(caption, message);
        while (true)
        {
            Put(Console.Error, string.Join("  ", choices.Select(choice => $"[{Key(choice)}] {Label(choice)}")) + "  [?] Help"
                + (defaultChoice >= 0 ? $" (default is \"{Key(choices[defaultChoice])}\"): " : ": "));
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            if (answer == "?")
            {
                Put(Console.Error, string.Concat(choices.Select(choice => $"{Key(choice)} - {choice.HelpMessage}\n")));
                continue;
            }

            for (int i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(Label(choices[i]), StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        NeedTerminal("a user name and a password");
        PutCaption(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Put(Console.Error, "User: ");
            userName = ReadLine();
        }

        Put(Console.Error, $"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    private static string Label(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpper(CultureInfo.InvariantCulture) : choice.Label;
    }

    private static void NeedTerminal(string wanted)
    {
        if (!Terminal.CanAsk)
        {
            throw new HostException($"Nobody is here to give {wanted}: the standard input is not a terminal.");
        }
    }

    private void PutCaption(string caption, string message)
    {
        foreach (string line in new[] { caption, message }.Where(line => !string.IsNullOrEmpty(line)))
        {
            Put(Console.Error, line + "\n");
        }
    }

    // Console.ReadLine goes on waiting at Ctrl+C, and the command with it: read key by key, a question ends with the command that asks.
    private void ReadKeys(Action<char> add, Action takeBack)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                bool isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                if (key.Key == ConsoleKey.Enter)
                {
                    Put(Console.Error, "\n");
                    return;
                }

                if (isControl && (key.Key is ConsoleKey.C or ConsoleKey.D))
                {
                    IsInterrupted = key.Key == ConsoleKey.C;
                    Put(Console.Error, IsInterrupted ? "^C\n" : "\n");
                    throw new PipelineStoppedException();
                }

                if (key.Key == ConsoleKey.Backspace)
                {
                    takeBack();
                }
                else if (!char.IsControl(key.KeyChar))
                {
                    add(key.KeyChar);
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }
}
