using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core.Contract;
using Refresher.Web.Forms;

namespace Refresher.Web.Hosting;

/// <summary>Options as they may be shown: a secret shows only that it is set.</summary>
internal static class Masked
{
    private const string Mask = "••••••";

    /// <param name="kind">Null when the program no longer has it: then nothing says which options are secret, and none is shown.</param>
    public static string Options(KindDescriptor? kind, string json)
    {
        if (kind is null)
        {
            return JsonSerializer.Serialize("not shown: the program does not have this task any more");
        }

        if (JsonNode.Parse(json) is not JsonObject options)
        {
            return json;
        }

        foreach (var field in OptionField.Of(kind).Where(field => field.IsSecret && options[field.Name] is not null))
        {
            options[field.Name] = Mask;
        }

        return options.ToJsonString();
    }
}
