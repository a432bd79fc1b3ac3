package io.jld.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * An output section: {@code .data 0x1000 (NOLOAD) : AT(x) ALIGN(8) SUBALIGN(4) { ... } >ram AT>rom
 * :data =0x90}. What the script does not say is null, except for lists and constants.
 *
 * @param name {@code /DISCARD/} is what the output does not have
 * @param type {@code (NOLOAD)} and its like
 * @param typeValue {@code TYPE = value}: an {@code SHT_*}, whose name is a symbol of the expression
 * @param loadAddress {@code AT(address)}
 * @param align {@code ALIGN(n)}: the section's alignment at least
 * @param alignWithInput {@code ALIGN_WITH_INPUT}: addresses and load addresses keep their distance
 * @param subalign {@code SUBALIGN(n)}: the alignment of each input section
 * @param region {@code >region}, as it is written: it may be an alias
 * @param loadRegion {@code AT>region}
 * @param headers {@code :header ...}; {@code NONE} for none; empty where nothing is said, which
 *     means those of the section before
 * @param fill {@code =fill}
 */
public record OutputSectionStatement(
    Place place,
    String name,
    Expression address,
    Type type,
    Expression typeValue,
    Expression loadAddress,
    Expression align,
    boolean alignWithInput,
    Expression subalign,
    Constraint constraint,
    List<Statement> body,
    String region,
    String loadRegion,
    List<String> headers,
    Fill fill)
    implements Statement {
  /** {@code /DISCARD/}: what is put there is left out of the output. */
  public static final String DISCARD = "/DISCARD/";

  public OutputSectionStatement {
    body = List.copyOf(body);
    headers = List.copyOf(headers);
  }

  /** The same with more statements before its own. */
  OutputSectionStatement beginning(List<Statement> more) {
    List<Statement> all = new ArrayList<>(more);
    all.addAll(body);
    return new OutputSectionStatement(
        place,
        name,
        address,
        type,
        typeValue,
        loadAddress,
        align,
        alignWithInput,
        subalign,
        constraint,
        all,
        region,
        loadRegion,
        headers,
        fill);
  }

  public boolean isDiscard() {
    return name.equals(DISCARD);
  }

  /** What is unusual about a section. */
  public enum Type {
    NORMAL,
    /** Has addresses, but is not loaded. */
    NOLOAD,
    /** These four, kept for old scripts, have no memory when the program runs. */
    DSECT,
    COPY,
    INFO,
    OVERLAY,
    READONLY,
    /** {@code TYPE = value}. */
    TYPE,
    /** {@code READONLY (TYPE = value)}. */
    READONLY_TYPE
  }

  /** When an output section is made at all. */
  public enum Constraint {
    NONE,
    /** All of its input sections are read-only. */
    ONLY_IF_RO,
    /** All of them may be written. */
    ONLY_IF_RW,
    /** Never by input sections: kept for old scripts. */
    SPECIAL
  }

  /** Collects what a script says of a section, one after the other. */
  public static final class Builder {
    private final Place place;
    private final String name;
    private final List<Statement> body = new ArrayList<>();
    private final List<String> headers = new ArrayList<>();
    private Expression address;
    private Type type = Type.NORMAL;
    private Expression typeValue;
    private Expression loadAddress;
    private Expression align;
    private boolean alignWithInput;
    private Expression subalign;
    private Constraint constraint = Constraint.NONE;
    private String region;
    private String loadRegion;
    private Fill fill;

    public Builder(Place place, String name) {
      this.place = place;
      this.name = name;
    }

    public Builder add(Statement statement) {
      body.add(statement);
      return this;
    }

    public Builder addAll(List<Statement> statements) {
      body.addAll(statements);
      return this;
    }

    public Builder address(Expression e) {
      address = e;
      return this;
    }

    /**
     * @param value of {@code TYPE}; else null
     */
    public Builder type(Type t, Expression value) {
      type = t;
      typeValue = value;
      return this;
    }

    public Builder loadAddress(Expression e) {
      loadAddress = e;
      return this;
    }

    public Builder align(Expression e) {
      align = e;
      return this;
    }

    public Builder alignWithInput() {
      alignWithInput = true;
      return this;
    }

    public Builder subalign(Expression e) {
      subalign = e;
      return this;
    }

    public Builder constraint(Constraint c) {
      constraint = c;
      return this;
    }

    public Builder region(String r) {
      region = r;
      return this;
    }

    public Builder loadRegion(String r) {
      loadRegion = r;
      return this;
    }

    public Builder header(String h) {
      headers.add(h);
      return this;
    }

    public Builder fill(Fill f) {
      fill = f;
      return this;
    }

    public OutputSectionStatement build() {
      return new OutputSectionStatement(
          place,
          name,
          address,
          type,
          typeValue,
          loadAddress,
          align,
          alignWithInput,
          subalign,
          constraint,
          body,
          region,
          loadRegion,
          headers,
          fill);
    }
  }
}
