using System.Reflection;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Manifest;

/// <summary>
/// The types file has one entry pair for each record, always the same, so it is written from the records:
/// ZEPTADMIN_ACCEPT=1 dotnet test --filter TypesFileTests writes it anew.
/// </summary>
public sealed class TypesFileTests
{
    private static readonly string File = Path.Combine(Repository.Root, "src", "ZeptAdmin", "ZeptAdmin.types.ps1xml");

    [Fact]
    public void The_types_file_names_every_record()
    {
        string expected = Write(typeof(CpuList).Assembly);
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1")
        {
            System.IO.File.WriteAllText(File, expected);
        }

        Assert.Equal(expected, System.IO.File.ReadAllText(File));
    }

    private static string Write(Assembly core)
    {
        StringBuilder text = new(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <!-- Written from the records by TypesFileTests; see there. -->
            <Types>
              <!-- A CPU list crosses a session as its text: 0-3,8. -->
              <Type>
                <Name>ZeptAdmin.Linux.CpuList</Name>
                <Members>
                  <MemberSet>
                    <Name>PSStandardMembers</Name>
                    <Members>
                      <NoteProperty><Name>SerializationMethod</Name><Value>String</Value></NoteProperty>
                    </Members>
                  </MemberSet>
                </Members>
              </Type>
              <!-- An RSS key crosses a session as its text: 6D:5A:6D:5A. -->
              <Type>
                <Name>ZeptAdmin.Rss.RssKey</Name>
                <Members>
                  <MemberSet>
                    <Name>PSStandardMembers</Name>
                    <Members>
                      <NoteProperty><Name>SerializationMethod</Name><Value>String</Value></NoteProperty>
                    </Members>
                  </MemberSet>
                </Members>
              </Type>

            """);
        _ = text.Append("  <!-- A value of an enumeration crosses a session by its name: Where-Object Severity -eq Fail works on what comes back. -->\n");
        foreach (string name in core.GetExportedTypes().Where(type => type.IsEnum).Select(type => type.FullName!).Order(StringComparer.Ordinal))
        {
            _ = text.Append(
                $"""
                  <Type>
                    <Name>{name}</Name>
                    <Members>
                      <MemberSet>
                        <Name>PSStandardMembers</Name>
                        <Members>
                          <NoteProperty><Name>SerializationMethod</Name><Value>String</Value></NoteProperty>
                        </Members>
                      </MemberSet>
                    </Members>
                  </Type>

                """);
        }

        foreach (string name in core.GetExportedTypes().Where(IsResult).Select(type => type.FullName!).Order(StringComparer.Ordinal))
        {
            _ = text.Append(
                $"""
                  <Type>
                    <Name>{name}</Name>
                    <TypeConverter><TypeName>ZeptAdmin.Binding.RecordConverter</TypeName></TypeConverter>
                    <Members>
                      <MemberSet>
                        <Name>PSStandardMembers</Name>
                        <Members>
                          <NoteProperty><Name>SerializationDepth</Name><Value>6</Value></NoteProperty>
                        </Members>
                      </MemberSet>
                    </Members>
                  </Type>
                  <Type>
                    <Name>Deserialized.{name}</Name>
                    <Members>
                      <MemberSet>
                        <Name>PSStandardMembers</Name>
                        <Members>
                          <NoteProperty><Name>TargetTypeForDeserialization</Name><Value>{name}</Value></NoteProperty>
                        </Members>
                      </MemberSet>
                    </Members>
                  </Type>

                """);
        }

        return text.Append("</Types>\n").ToString();
    }

    // Result records: public, made only inside Core, with an empty constructor. What Linux/ has are the kernel's structures.
    private static bool IsResult(Type type) =>
        type.IsClass && type.GetMethod("<Clone>$") is not null && type.GetConstructor([]) is not null && type.Namespace != "ZeptAdmin.Linux";
}
