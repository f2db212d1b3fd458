using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.TaskName;

/// <summary>What it works on. The attributes make the form in the admin and the JSON schema in the Api, and are checked in both.</summary>
public sealed record TaskNameOptions
{
    [Description("The text whose words are counted.")]
    [StringLength(1000, MinimumLength = 1)]
    public string Text { get; init; } = "Every word of it counts";
}
