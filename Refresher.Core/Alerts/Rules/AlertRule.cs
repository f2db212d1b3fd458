using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Alerts.Rules;

/// <summary>Who is told of what, and when.</summary>
public sealed class AlertRule
{
    public Guid Id { get; init; }

    /// <summary>Unique; stands at the end of messages.</summary>
    public required string Name { get; set; }

    public bool Enabled { get; set; } = true;

    /// <summary>Names of conditions; any of them.</summary>
    public required string[] Conditions { get; set; }

    /// <summary>Only subjects with one of these tags, or among <see cref="Subjects"/>; both empty: all.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>Only these subjects, by id, or those with one of <see cref="Tags"/>.</summary>
    public string[] Subjects { get; set; } = [];

    /// <summary>Ids of channels; each of them gets every message.</summary>
    public required Guid[] Channels { get; set; }

    /// <summary>Only what lasts this long is told: 0 to 24 h.</summary>
    public TimeSpan After { get; set; }

    /// <summary>Only when it happened so often in a row, for conditions that are counted: 1 to 100.</summary>
    public int Times { get; set; } = 1;

    /// <summary>Those of <see cref="Conditions"/> for which <see cref="Times"/> counts; kept with the rule, so that it means the same to every release.</summary>
    public string[] CountedConditions { get; set; } = [];

    /// <summary>While it lasts, it is told again each time this has passed: 5 min to 7 d; null: not again.</summary>
    public TimeSpan? ReminderEvery { get; set; }

    /// <summary>Whether the end is told.</summary>
    public bool Recovery { get; set; } = true;

    /// <summary>When nobody is to be disturbed, as JSON of <see cref="QuietHours"/>; null: never.</summary>
    public string? Quiet { get; set; }

    /// <summary>Changes from before are not looked at: when it was made, switched on, or last told other things to look at.</summary>
    public DateTimeOffset EffectiveAt { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public QuietHours? QuietHours => Quiet is null ? null : QuietHours.FromJson(Quiet);

    /// <summary>Whether it looks at such a change.</summary>
    public bool Matches(StateChange change) =>
        Enabled && Conditions.Contains(change.Condition) && change.At >= EffectiveAt
        && ((Tags.Length == 0 && Subjects.Length == 0) || Subjects.Contains(change.SubjectId) || change.Tags.Any(tag => Tags.Contains(tag)));
}

internal sealed class AlertRuleMapping : IEntityTypeConfiguration<AlertRule>
{
    public void Configure(EntityTypeBuilder<AlertRule> rule)
    {
        rule.ToTable("alert_rules");
        rule.Property(r => r.Id).ValueGeneratedNever();
        rule.Property(r => r.Quiet).HasColumnType("jsonb");
        rule.Ignore(r => r.QuietHours);
        rule.HasIndex(r => r.Name).IsUnique();
    }
}
