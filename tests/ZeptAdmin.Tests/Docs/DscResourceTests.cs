using Newtonsoft.Json.Linq;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Docs;

/// <summary>The DSC resource of examples/compliance: JSON in and out through zept, as its manifest says.</summary>
public sealed class DscResourceTests
{
    private const string Script = "dsc-plan.ps1";

    private static string Folder => Path.Combine(Repository.Root, "examples", "compliance");

    private static string Sensors => Path.Combine(Repository.Root, "examples", "sensors");

    private static JObject Manifest => JObject.Parse(File.ReadAllText(Path.Combine(Folder, "zeptadmin-plan.dsc.resource.json")));

    [Theory]
    [InlineData("get")]
    [InlineData("test")]
    public void The_state_comes_back_as_one_line_with_nothing_that_the_schema_has_not(string operation)
    {
        ZeptResult run = Run(operation, new JObject { ["path"] = $"{Sensors}/talk-plan.json", ["snapshot"] = $"{Sensors}/talk.zip" });

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        JObject state = JObject.Parse(Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.False((bool)state["_inDesiredState"]!);
        JToken queues = Assert.Single(state["drifted"]!, row => (string)row["setting"]! == "Queues enp7s0f1");
        Assert.Equal(("10", "24"), ((string)queues["expected"]!, (string)queues["actual"]!));
        string[] known = [.. ((JObject)Manifest["schema"]!["embedded"]!["properties"]!).Properties().Select(property => property.Name)];
        Assert.Empty(state.Properties().Select(property => property.Name).Except(known));
    }

    [Fact]
    public void What_cannot_be_read_or_written_is_an_error_and_says_so()
    {
        Assert.Equal((1, ""), Code(Run("get", new JObject { ["path"] = "/nowhere/plan.json" })));
        Assert.Equal((1, ""), Code(Run("test", [])));
        ZeptResult set = Run("set", new JObject { ["path"] = $"{Sensors}/talk-plan.json", ["snapshot"] = $"{Sensors}/talk.zip" });
        Assert.Equal((1, ""), Code(set));
        Assert.Contains("snapshot", set.Errors, StringComparison.Ordinal);
    }

    // The whole manifest was held against the schema that DSC publishes (v3, bundled); this keeps what the schema asks for.
    [Fact]
    public void The_manifest_has_the_shape_that_DSC_wants()
    {
        JObject manifest = Manifest;

        Assert.Matches("^https://aka.ms/dsc/schemas/v3/bundled/resource/manifest.json$", (string)manifest["$schema"]!);
        Assert.Matches(@"^\w+(\.\w+){0,3}/\w+$", (string)manifest["type"]!);
        Assert.Matches(@"^\d+\.\d+\.\d+$", (string)manifest["version"]!);
        Assert.All(manifest["tags"]!, tag => Assert.Matches(@"^\w+$", (string)tag!));
        foreach (string operation in (string[])["get", "test", "set"])
        {
            JToken method = manifest[operation]!;
            Assert.Equal("/opt/zept/zept", (string)method["executable"]!);
            Assert.Equal(["-File", $"/usr/local/lib/zeptadmin/{Script}", operation], method["args"]!.Select(argument => (string)argument!));
            Assert.Equal("stdin", (string)method["input"]!);
        }

        Assert.Equal("state", (string)manifest["test"]!["return"]!);
        Assert.Equal("https://aka.ms/dsc/schemas/v3/resource/properties/inDesiredState.json", (string)manifest["schema"]!["embedded"]!["properties"]!["_inDesiredState"]!["$ref"]!);
    }

    private static (int, string) Code(ZeptResult run) => (run.ExitCode, run.Output);

    private static ZeptResult Run(string operation, JObject instance) =>
        Zept.RunWith(instance.ToString(Newtonsoft.Json.Formatting.None), [], "-File", Path.Combine(Folder, Script), operation);
}
