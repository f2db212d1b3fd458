using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>Times at which schedules that refer to it do not run: holidays, nights, weekends; or, turned round, the only times at which they do.</summary>
public sealed class Calendar
{
    /// <summary>Unique and for good: how schedules refer to it.</summary>
    public required string Name { get; init; }

    public string Description { get; set; } = "";

    /// <summary>An IANA name: the clocks by which the rules are read.</summary>
    public required string TimeZone { get; set; }

    /// <summary>True: schedules run only at the times that a rule covers.</summary>
    public bool Only { get; set; }

    /// <summary>One line each, as <see cref="CalendarRule"/> reads it.</summary>
    public required string[] Rules { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}

internal sealed class CalendarMapping : IEntityTypeConfiguration<Calendar>
{
    public void Configure(EntityTypeBuilder<Calendar> calendar)
    {
        calendar.ToTable("calendars");
        calendar.HasKey(c => c.Name);
    }
}
