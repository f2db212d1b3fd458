using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Contract;

namespace Refresher.Web.Forms;

/// <summary>A channel as the texts of its form; its settings are asked for as the options of a task are.</summary>
public sealed class ChannelForm
{
    private const string Settings = "settings", Options = "options";

    private ChannelForm(OptionsForm settings) => SettingsForm = settings;

    public string Name { get; private init; } = "";

    public bool Enabled { get; private init; } = true;

    public OptionsForm SettingsForm { get; }

    public static ChannelForm New(OptionsShape kind) => new(OptionsForm.From(kind, KindOptions.Defaults(kind)));

    public static ChannelForm From(OptionsShape kind, Channel channel) => new(OptionsForm.From(kind, Json(channel))) { Name = channel.Name, Enabled = channel.Enabled };

    /// <param name="stored">What is edited; null for something new.</param>
    public static ChannelForm Sent(OptionsShape kind, IFormCollection sent, Channel? stored) =>
        new(OptionsForm.Sent(kind, sent, stored is null ? [] : Json(stored))) { Name = sent["name"].ToString().Trim(), Enabled = sent["enabled"].Contains("true") };

    public ChannelInput ToInput(string kind) => new() { Name = Name, Kind = kind, Enabled = Enabled, Settings = JsonElement.Parse(SettingsForm.ToJson().ToJsonString()) };

    /// <summary>Errors named as the fields of the form are.</summary>
    public static FieldErrors Named(FieldErrors errors)
    {
        var named = new FieldErrors();
        foreach (var (field, messages) in errors)
        {
            foreach (var message in messages)
            {
                named.Add(field.StartsWith(Settings + ".", StringComparison.Ordinal) ? Options + field[Settings.Length..] : field, message);
            }
        }

        return named;
    }

    private static JsonObject Json(Channel channel) => JsonNode.Parse(channel.Settings) as JsonObject ?? [];
}
