Fpackage com.example.${{ values.destination.owner | replace("-", "") }};

{%- set class = values.name.split(" ").join("") %}
/** ${{ values.description | truncate(40) }} */
public class ${{ class }} {
{% filter indent(4, true) -%}
{% for tag in values.tags -%}
public static final String ${{ tag | upper | replace("-", "_") }} = "${{ tag }}";
{% endfor -%}
{% endfilter %}
    public static void main(String[] args) {
        System.out.println("${{ class }} on ${{ values.port }}");
        {%- switch values.type %}{% case "service" %}
        serve(${{ values.port }});
        {%- case "library" %}
        throw new UnsupportedOperationException();
        {%- default %}
        run();
        {%- endswitch %}
    }
}
