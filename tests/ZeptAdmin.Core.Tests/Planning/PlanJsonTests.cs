using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Tests.Planning;

/// <summary>Plans as files: what is written reads back, and a mistake of a hand is refused with its line.</summary>
public sealed class PlanJsonTests
{
    private static readonly string Text = PlanJson.Write(NsmPlanner.Make(
        MadeUpMachines.Make(nodes: 2, cores: 4, threads: 2, coresOfL3: 4), new MachineFacts { BudgetPackets = 300 }, [MadeUpMachines.Port("ens1f0", 0)], new PlanWish()).Value);

    [Fact]
    public void The_schema_in_docs_is_that_of_the_records()
    {
        string file = Path.Combine(Repository.Root, "docs", PlanJson.Schema);
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1")
        {
            File.WriteAllText(file, PlanSchema.Write());
        }

        Assert.Equal(PlanSchema.Write(), File.ReadAllText(file));
    }

    [Fact]
    public void A_plan_has_what_the_schema_requires_and_nothing_else()
    {
        // As much of JSON Schema as the schema uses; tests/Pester/NsmPlan.Tests.ps1 asks Test-Json.
        Assert.Empty(Offences(JToken.Parse(Text), JObject.Parse(PlanSchema.Write()), "plan"));
        Assert.NotEmpty(Offences(JToken.Parse(Text.Replace("\"Irq\"", "\"Irqs\"", StringComparison.Ordinal)), JObject.Parse(PlanSchema.Write()), "plan"));
    }

    [Fact]
    public void What_is_read_is_what_was_written_also_without_the_schemas_name()
    {
        string bare = string.Join('\n', Text.Split('\n').Where(line => !line.Contains("$schema", StringComparison.Ordinal)));

        Assert.Equal(Text, PlanJson.Write(PlanJson.Read("plan.json", Text)));
        Assert.Equal(Text, PlanJson.Write(PlanJson.Read("plan.json", bare)));
    }

    [Theory]
    [InlineData("\"Role\": \"Irq\"", "\"Role\": \"Irqs\"", "'Role' is one of Housekeeping, Irq, Worker, IrqAndWorker, Sibling, Free, not \"Irqs\"")]
    [InlineData("\"FanoutId\": 101", "\"FanoutId\": \"101\"", "'FanoutId' is a whole number, not \"101\"")]
    [InlineData("\"FanoutId\": 101", "\"FanoutId\": 99999", "is not within 1 to 65535")]
    [InlineData("\"Cpus\": \"0,4,8,12\"", "\"Cpus\": \"0,4,8,x\"", "'Cpus' is a list of CPUs such as")]
    [InlineData("\"Cpus\": \"1\"", "\"Cpus\": \"0-1\"", "CPU 0 has two roles, Housekeeping and Irq")]
    [InlineData("\"WorkerCpus\": [2, 3]", "\"WorkerCpus\": [2, 2]", "CPU 2 has two workers")]
    [InlineData("\"WorkerCpus\": [2, 3]", "\"WorkerCpus\": [2, 4]", "CPU 4 is in WorkerCpus of 'ens1f0' and has the role Housekeeping")]
    [InlineData("\"WorkerCpus\": [2, 3]", "\"WorkerCpus\": [2]", "has 2 queues and 1 workers")]
    [InlineData("\"Value\": \"512\"", "\"Value\": \"many\"", "'many' is no value of RxRing; it is a number of descriptors")]
    [InlineData("\"Target\": \"netdev_budget\"", "\"Target\": \"netdev_bugdet\"", "is no target of NetBudget; it is 'netdev_budget' or 'netdev_budget_usecs'")]
    [InlineData("\"Target\": \"ens1f0/flow-director-atr\"", "\"Target\": \"ens1f1/flow-director-atr\"", "'ens1f1' is not in Ports")]
    [InlineData("\"Value\": \"1,1\"", "\"Value\": \"1,2\"", "IrqAffinity of 'ens1f0' is 1,2 here and 1,1 by its IrqCpus in Ports")]
    [InlineData("\"Strategy\":", "\"Stratgy\":", "the plan has no 'Stratgy'")]
    [InlineData("\"Format\": 1", "\"Format\": 2", "format 2 is not known")]
    [InlineData("\"Name\": \"capture\"", "\"Name\": \"../etc\"", "the name of a plan has 1 to 40 letters")]
    [InlineData("\"Name\": \"capture\",", "\"Name\": \"capture\"", "it is not JSON")]
    [InlineData("\"Name\": \"capture\",", "\"Name\": \"capture\", \"Name\": \"again\",", "it is not JSON")]
    public void A_mistake_is_refused_with_its_line(string right, string wrong, string problem)
    {
        int place = Text.IndexOf(right, StringComparison.Ordinal);
        Assert.True(place >= 0, $"the plan has no {right}");
        int line = Text[..place].Count(c => c == '\n') + 1;

        KernelFormatException refusal = Assert.Throws<KernelFormatException>(() => PlanJson.Read("plan.json", Text.Remove(place, right.Length).Insert(place, wrong)));

        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.InRange(refusal.Line, line, line + (problem.StartsWith("it is not JSON", StringComparison.Ordinal) ? 1 : 0));
    }

    [Fact]
    public void What_is_missing_is_named_with_the_line_of_what_lacks_it()
    {
        string text = string.Join('\n', Text.Split('\n').Where(line => !line.Contains("\"FanoutId\"", StringComparison.Ordinal)));

        KernelFormatException refusal = Assert.Throws<KernelFormatException>(() => PlanJson.Read("plan.json", text));

        Assert.Contains("lacks 'FanoutId'", refusal.Message, StringComparison.Ordinal);
        Assert.True(refusal.Line > 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"Format\":1}")]
    [InlineData("{} {}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void What_is_no_plan_is_refused(string text) => Assert.Throws<KernelFormatException>(() => PlanJson.Read("plan.json", text));

    private static IEnumerable<string> Offences(JToken value, JToken schema, string path)
    {
        string[] types = schema["type"] is JArray several ? [.. several.Select(type => (string)type!)] : [(string)schema["type"]!];
        string type = value.Type switch { JTokenType.Null => "null", JTokenType.Object => "object", JTokenType.Array => "array", JTokenType.Integer => "integer", JTokenType.Float => "number", _ => "string" };
        if (!types.Contains(type) && !(type == "integer" && types.Contains("number")))
        {
            yield return $"{path} is {type}";
        }

        if (schema["enum"] is JArray names && !names.Any(name => JToken.DeepEquals(name, value)))
        {
            yield return $"{path} is {value}";
        }

        if (value is JObject json)
        {
            foreach (JToken missing in schema["required"]!.Where(name => json[(string)name!] is null))
            {
                yield return $"{path} lacks {missing}";
            }

            foreach (JProperty property in json.Properties())
            {
                foreach (string offence in schema["properties"]![property.Name] is JToken inner ? Offences(property.Value, inner, $"{path}.{property.Name}") : [$"{path} has {property.Name}"])
                {
                    yield return offence;
                }
            }
        }

        foreach (string offence in value is JArray items ? items.SelectMany((item, index) => Offences(item, schema["items"]!, $"{path}[{index}]")) : [])
        {
            yield return offence;
        }
    }
}
